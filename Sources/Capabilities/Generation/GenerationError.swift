/// Why there is no picture.
public enum GenerationError: Error, Hashable, Sendable {
    /// The provider will not draw this; `reasons` are its own words.
    case refusedByModeration(provider: ProviderID, reasons: [String])
    /// Too many orders for now.
    case rateLimited(provider: ProviderID, retryAfter: Duration?)
    /// The provider does not accept the credentials; `setting` names the variable to look at.
    case unauthorised(provider: ProviderID, setting: String?)
    /// The account is empty.
    case outOfCredits(provider: ProviderID)
    /// Nobody here can do this request; `reason` says what would be taken.
    case unsupportedRequest(reason: String)
    /// The order or its pictures are gone.
    case expired(provider: ProviderID)
    /// The provider cannot be reached or is broken.
    case unavailable(provider: ProviderID, retryAfter: Duration?)
    /// The provider answered with something that is not an answer; `detail` is for operators.
    case garbageAnswer(provider: ProviderID, detail: String)
    /// The order may or may not have been taken, and paid for; `detail` is for operators.
    case uncertain(provider: ProviderID, detail: String)
    /// The calling task was cancelled.
    case cancelled
}

extension GenerationError {
    /// Whether the same move may succeed later without a change.
    ///
    /// `cancelled` counts as such: a worker that stops hands its work to the next; a cancelled job is not tried anyway.
    public var isRetryable: Bool {
        switch self {
        case .rateLimited, .unavailable, .garbageAnswer, .cancelled: true
        case .refusedByModeration, .unauthorised, .outOfCredits, .unsupportedRequest, .expired, .uncertain: false
        }
    }

    /// How long the provider asked to be left alone; nil when it did not say.
    public var retryAfter: Duration? {
        switch self {
        case .rateLimited(_, let wait), .unavailable(_, let wait): wait
        default: nil
        }
    }

    /// A stable word for histories, retry policies and metrics.
    public var kind: String {
        switch self {
        case .refusedByModeration: "refusedByModeration"
        case .rateLimited: "rateLimited"
        case .unauthorised: "providerUnauthorised"
        case .outOfCredits: "outOfCredits"
        case .unsupportedRequest: "unsupportedRequest"
        case .expired: "resultExpired"
        case .unavailable: "providerUnavailable"
        case .garbageAnswer: "garbageAnswer"
        case .uncertain: "uncertain"
        case .cancelled: "cancelled"
        }
    }

    /// One sentence for the client: whose move it is and what to change.
    ///
    /// It holds nothing of the provider's raw answer.
    public var message: String {
        switch self {
        case .refusedByModeration(let provider, let reasons):
            "\(provider) declined to generate this picture\(Self.list(reasons)). Change the prompt or the references."
        case .rateLimited(let provider, _):
            "\(provider) takes no more orders at the moment. The job will be tried again by itself."
        case .unauthorised(let provider, let setting):
            "\(provider) does not accept this server's credentials. "
                + (setting.map { "The operator has to check \($0)." } ?? "The operator has to check them.")
        case .outOfCredits(let provider):
            "This server's account at \(provider) is empty. The operator has to top it up or choose another provider."
        case .unsupportedRequest(let reason): reason
        case .expired(let provider):
            "The pictures were gone at \(provider) before they could be fetched. Start the job again."
        case .unavailable(let provider, _):
            "\(provider) cannot be reached at the moment. The job will be tried again by itself."
        case .garbageAnswer(let provider, _):
            "\(provider) gave an answer that could not be read. The job will be tried again by itself."
        case .uncertain(let provider, _):
            "It is not known whether \(provider) took the order. It was not repeated, since it may be charged twice; "
                + "the operator has to decide."
        case .cancelled: "The generation was cancelled."
        }
    }

    private static func list(_ reasons: [String]) -> String {
        reasons.isEmpty ? "" : " (" + reasons.joined(separator: ", ") + ")"
    }
}
