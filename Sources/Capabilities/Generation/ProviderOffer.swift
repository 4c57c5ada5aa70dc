/// What a provider has and how hard it may be driven, as data for routing, queues and the `explain` answer.
public struct ProviderOffer: Codable, Hashable, Sendable {
    /// Its models; the first is its default.
    public var models: [String]
    /// The task queue whose workers call it: one provider's limits must not hold up another.
    public var taskQueue: String
    /// Orders that may be open at once; nil for no limit.
    public var concurrencyLimit: Int?
    /// Submits in any minute; nil for no limit.
    public var submitsPerMinute: Int?
    /// Whether it runs on this machine, without network and without cost.
    public var isLocal: Bool

    /// Creates an offer.
    public init(
        models: [String], taskQueue: String, concurrencyLimit: Int? = nil, submitsPerMinute: Int? = nil,
        isLocal: Bool = false
    ) {
        self.models = models
        self.taskQueue = taskQueue
        self.concurrencyLimit = concurrencyLimit
        self.submitsPerMinute = submitsPerMinute
        self.isLocal = isLocal
    }
}

/// Whether a provider can do a request.
public enum Support: Hashable, Sendable {
    /// All of it.
    case full
    /// Not, and why, in words for the client: which field, and what would be taken.
    case refused(reason: String)
}
