import Cryptography
public import FoundationEssentials

/// A receiver: where it is, what it wants to hear and how it recognises the sender.
public struct WebhookEndpoint: Sendable, Equatable {
    /// `ep_` and 24 hexadecimal digits.
    public var id: String
    /// Where messages go, as it was registered.
    public var url: String
    /// What it wants to hear; empty for everything.
    public var events: Set<WebhookEvent>
    /// Whose jobs it hears of; nil for everybody's.
    public var owner: String?
    /// Whether anything is sent to it.
    public var isEnabled: Bool
    /// Why nothing is.
    public var disabledReason: String?
    /// When it was registered; it hears of what ends from then on.
    public var createdAt: Date
    /// Since when every message has failed; nil after one that arrived.
    public var failingSince: Date?
    /// What messages are signed with.
    var secret: WebhookSecret
    /// The secret before, and until when messages are signed with it too.
    var previous: (secret: WebhookSecret, until: Date)?

    /// How long an old secret is good after a rotation.
    static let rotationGrace = Duration.seconds(24 * 3600)
    /// After so long without a message that arrived, a receiver is given up.
    static let patience = Duration.seconds(72 * 3600)

    /// The secret, for whoever has just made it.
    public var newSecret: WebhookSecret { secret }

    /// A new receiver.
    init(
        url: String, events: Set<WebhookEvent>, owner: String?, secret: WebhookSecret, createdAt: Date
    ) {
        id = "ep_" + Hex.encode(randomBytes(12))
        self.url = url
        self.events = events
        self.owner = owner
        self.secret = secret
        self.createdAt = createdAt
        isEnabled = true
    }

    /// Whether it wants to hear of `event` of a job of `owner`.
    func wants(_ event: WebhookEvent, of owner: String?) -> Bool {
        isEnabled && (events.isEmpty || events.contains(event)) && (self.owner == nil || self.owner == owner)
    }

    /// What messages are signed with at `time`: the new secret, and for a while the old one.
    func secrets(at time: Date) -> [WebhookSecret] {
        guard let previous, previous.until > time else { return [secret] }
        return [secret, previous.secret]
    }

    /// Two of the same state.
    public static func == (left: WebhookEndpoint, right: WebhookEndpoint) -> Bool {
        left.id == right.id && left.url == right.url && left.events == right.events && left.owner == right.owner
            && left.isEnabled == right.isEnabled && left.disabledReason == right.disabledReason
            && left.secret == right.secret
    }
}
