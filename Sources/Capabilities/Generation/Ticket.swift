public import FoundationEssentials

/// A provider's receipt for an order: all that is needed to collect the pictures, now or after a crash.
///
/// It is written to the history right after submit. Who holds a ticket collects with it and never submits again.
public struct Ticket: Codable, Hashable, Sendable {
    /// Who took the order.
    public var provider: ProviderID
    /// The order's name at the provider.
    public var id: String
    /// When it was taken.
    public var submittedAt: Date
    /// When the results are gone; nil when they stay.
    public var expiresAt: Date?
    /// Where the provider said to ask.
    ///
    /// The adapter checks the host before it sends a credential there.
    public var pollingURL: String?
    /// What the provider said it costs; nil when it did not say.
    public var reportedCost: ReportedCost?
    /// What else the adapter needs to collect, in its own form; nobody else reads it.
    public var state: String?

    /// Creates a ticket.
    public init(
        provider: ProviderID, id: String, submittedAt: Date, expiresAt: Date? = nil, pollingURL: String? = nil,
        reportedCost: ReportedCost? = nil, state: String? = nil
    ) {
        self.provider = provider
        self.id = id
        self.submittedAt = submittedAt
        self.expiresAt = expiresAt
        self.pollingURL = pollingURL
        self.reportedCost = reportedCost
        self.state = state
    }
}

/// A price in millionths of a currency's unit.
public struct ReportedCost: Codable, Hashable, Sendable {
    /// Millionths: 40,000 is four cents.
    public var microUnits: Int64
    /// The currency's ISO 4217 code: `USD`.
    public var currency: String

    /// Creates a price.
    public init(microUnits: Int64, currency: String) {
        self.microUnits = microUnits
        self.currency = currency
    }
}

/// What collecting with a ticket gave.
public enum Collected: Sendable {
    /// Not done; ask again after this long.
    case pending(retryAfter: Duration)
    /// The pictures, in order.
    case ready([GeneratedImage])
}
