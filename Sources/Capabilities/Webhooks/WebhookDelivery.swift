import Cryptography
public import FoundationEssentials

/// A message to one receiver, and what became of it.
public struct WebhookDelivery: Sendable {
    /// Where it stands.
    public enum Status: String, Codable, Sendable, CaseIterable {
        /// Still tried.
        case pending
        /// The receiver has it.
        case delivered
        /// Given up.
        case failed
    }

    /// `msg_` and 24 hexadecimal digits: the `webhook-id`, the same however often it is sent.
    public var id: String
    /// To whom.
    public var endpointID: String
    /// What it tells.
    public var event: WebhookEvent
    /// The body.
    var body: [UInt8]
    /// The job it is about; nil for a test.
    public var jobID: String?
    /// Where it stands.
    public var status: Status
    /// When the event happened.
    public var createdAt: Date
    /// How often it was begun anew: once, and once more for each redelivery that was asked for.
    var round: Int

    /// A new message.
    init(to endpointID: String, event: WebhookEvent, body: [UInt8], jobID: String?, createdAt: Date) {
        id = Self.makeID()
        self.endpointID = endpointID
        self.event = event
        self.body = body
        self.jobID = jobID
        self.createdAt = createdAt
        (status, round) = (.pending, 1)
    }

    /// Takes what the table holds.
    init(
        id: String, endpointID: String, event: WebhookEvent, body: [UInt8], jobID: String?, status: Status,
        createdAt: Date, round: Int
    ) {
        self.id = id
        self.endpointID = endpointID
        self.event = event
        self.body = body
        self.jobID = jobID
        self.status = status
        self.createdAt = createdAt
        self.round = round
    }

    /// Holds no full stop, which separates it from the timestamp in what is signed.
    private static func makeID() -> String { "msg_" + Hex.encode(randomBytes(12)) }
}

/// One try of a delivery.
public struct WebhookAttempt: Sendable, Equatable {
    /// The most of a receiver's complaint that is kept, in bytes.
    static let errorLimit = 1024

    /// Which it is within its round, from 1.
    public var number: Int
    /// When it began.
    public var startedAt: Date
    /// How long it took, in milliseconds.
    public var milliseconds: Int
    /// The receiver's status code; nil when there was no answer.
    public var status: Int?
    /// Why it failed: the beginning of the receiver's answer, or what kept it from answering.
    public var error: String?
}
