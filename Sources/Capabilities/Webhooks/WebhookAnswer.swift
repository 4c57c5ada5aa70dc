import HTTPClient

/// What came of sending a message.
struct WebhookAnswer: Sendable {
    /// The receiver's status code; nil when there was no answer.
    var status: Int?
    /// Why it failed, for the receiver's operator.
    var error: String?
    /// The same in a stable word.
    var kind = "status"
    /// How long the receiver wants to be left alone.
    var retryAfter: Duration?

    /// Whether the receiver has it.
    var isDelivered: Bool { status.map { (200..<300).contains($0) } ?? false }
    /// Whether the receiver wants nothing more.
    var isGone: Bool { status == 410 }

    /// The head of an answer decides; of the body of a failure the beginning is kept.
    init(_ response: OutboundResponse) async {
        status = response.status
        guard !isDelivered else { return }
        retryAfter = response.headers["retry-after"].flatMap { Int($0) }.map { .seconds(max(0, $0)) }
        var beginning: [UInt8] = []
        do {
            for try await piece in response.body {
                beginning += piece
                if beginning.count >= WebhookAttempt.errorLimit { break }
            }
        } catch {
            // The status is what counts; a body that breaks off is kept as far as it came.
        }
        let text = String(decoding: beginning.prefix(WebhookAttempt.errorLimit), as: UTF8.self)
        // Some databases keep no NUL in a text.
        self.error = text.isEmpty ? "The receiver answered \(response.status)." : text.filter { $0 != "\0" }
    }

    /// There was no answer.
    init(_ error: any Error) {
        switch error {
        case let error as OutboundError: (self.error, kind) = (error.message, error.kind)
        case let refusal as OutboundRefusal: (self.error, kind) = (refusal.message, "refused")
        default: (self.error, kind) = ("The request was broken off.", "cancelled")
        }
    }
}
