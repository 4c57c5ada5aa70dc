import FoundationEssentials
import Web

/// The body of `POST /admin/webhooks`.
struct NewWebhook: Sendable {
    var url: String
    var events: Set<WebhookEvent>
    var owner: String?
    var secret: WebhookSecret?

    static let schema: Schema<NewWebhook> = .object(
        "NewWebhook",
        .required(
            "url", .string(length: 1...2000), example: "https://example.com/hooks/atelier", doc: "Where messages go."),
        .optional("events", WebhookEvent.list, default: [], doc: "What it wants to hear; empty for everything."),
        .optional("owner", .string(length: 1...200), example: "atelier", doc: "Only this client's jobs."),
        .optional(
            "secret", secret,
            doc: "What messages are signed with, as whsec_ and 24 to 64 bytes in base64; made up unless given.")
    ) { url, events, owner, secret in NewWebhook(url: url, events: Set(events), owner: owner, secret: secret) }

    private static let secret = Schema<String>.string(length: 1...200).example(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    ).map { text throws(SchemaFault) in
        guard let secret = WebhookSecret(text) else {
            throw SchemaFault("Input should be whsec_ and 24 to 64 bytes in base64", type: "secret")
        }
        return secret
    }
}

extension WebhookChange {
    /// The body of `PATCH /admin/webhooks/{id}`.
    static let schema: Schema<WebhookChange> = .object(
        "WebhookChange",
        .optional("url", .string(length: 1...2000), example: "https://example.com/hooks", doc: "Where messages go."),
        .optional("events", WebhookEvent.list, doc: "What it wants to hear; empty for everything."),
        .optional("owner", .string(length: 0...200), example: "", doc: "Only this client's jobs; empty for all."),
        .optional("enabled", .boolean, example: true, doc: "Whether anything is sent to it.")
    ) { url, events, owner, isEnabled in
        WebhookChange(url: url, events: events.map { Set($0) }, owner: owner, isEnabled: isEnabled)
    }
}

extension WebhookEvent {
    fileprivate static let list = Schema<[WebhookEvent]>.array(of: .enumeration(of: WebhookEvent.self), count: 0...10)
}

/// A webhook as operators see it: never with its secret.
struct WebhookAnswerModel: ResponseModel {
    let endpoint: WebhookEndpoint

    init(_ endpoint: WebhookEndpoint) { self.endpoint = endpoint }

    enum CodingKeys: String, CodingKey {
        case id, url, events, owner, enabled
        case disabledReason = "disabled_reason"
        case failingSince = "failing_since"
        case createdAt = "created_at"
        case secret
    }

    // Null is written for what there is not, so that the fields are always the same.
    func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try encode(into: &fields)
    }

    fileprivate func encode(into fields: inout KeyedEncodingContainer<CodingKeys>) throws {
        try fields.encode(endpoint.id, forKey: .id)
        try fields.encode(endpoint.url, forKey: .url)
        try fields.encode(endpoint.events.map(\.rawValue).sorted(), forKey: .events)
        try fields.encode(endpoint.owner, forKey: .owner)
        try fields.encode(endpoint.isEnabled, forKey: .enabled)
        try fields.encode(endpoint.disabledReason, forKey: .disabledReason)
        try fields.encode(endpoint.failingSince?.iso8601, forKey: .failingSince)
        try fields.encode(endpoint.createdAt.iso8601, forKey: .createdAt)
    }

    static let properties: [JSONSchema.Property] = [
        .property("id", .string()), .property("url", .string(format: "uri")),
        .property("events", .array(of: .enumeration(WebhookEvent.allCases.map(\.rawValue)))),
        .property("owner", .nullable(.string())), .property("enabled", .boolean()),
        .property("disabled_reason", .nullable(.string()), doc: "Why nothing is sent to it."),
        .property("failing_since", .nullable(.timestamp), doc: "Since when no message has arrived."),
        .property("created_at", .timestamp),
    ]
    static let schema = JSONSchema.object("Webhook", properties)
    static var example: WebhookAnswerModel { WebhookAnswerModel(.example) }
}

/// A webhook with its secret, right after that was made.
struct WebhookWithSecret: ResponseModel {
    let endpoint: WebhookEndpoint

    init(_ endpoint: WebhookEndpoint) { self.endpoint = endpoint }

    func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: WebhookAnswerModel.CodingKeys.self)
        try WebhookAnswerModel(endpoint).encode(into: &fields)
        try fields.encode(endpoint.secret.expose(), forKey: .secret)
    }

    static let schema = JSONSchema.object(
        "WebhookWithSecret",
        WebhookAnswerModel.properties + [.property("secret", .string(), doc: "Keep it; it is not shown again.")])
    static var example: WebhookWithSecret { WebhookWithSecret(.example) }
    var responseHeaders: HTTPHeaders { ["Location": "/admin/webhooks/\(endpoint.id)"] }
}

/// A message and its tries as operators see them.
struct DeliveryAnswer: ResponseModel {
    let id: String
    let event: String
    let jobID: String?
    let status: String
    let createdAt: String
    let attempts: [Attempt]

    struct Attempt: Encodable {
        let number: Int
        let startedAt: String
        let milliseconds: Int
        let status: Int?
        let error: String?

        enum CodingKeys: String, CodingKey {
            case number
            case startedAt = "started_at"
            case milliseconds, status, error
        }
    }

    enum CodingKeys: String, CodingKey {
        case id, event
        case jobID = "job_id"
        case status
        case createdAt = "created_at"
        case attempts
    }

    init(_ delivery: WebhookDelivery, attempts: [WebhookAttempt]) {
        id = delivery.id
        event = delivery.event.rawValue
        jobID = delivery.jobID
        status = delivery.status.rawValue
        createdAt = delivery.createdAt.iso8601
        self.attempts = attempts.map {
            Attempt(
                number: $0.number, startedAt: $0.startedAt.iso8601, milliseconds: $0.milliseconds, status: $0.status,
                error: $0.error)
        }
    }

    func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(id, forKey: .id)
        try fields.encode(event, forKey: .event)
        try fields.encode(jobID, forKey: .jobID)
        try fields.encode(status, forKey: .status)
        try fields.encode(createdAt, forKey: .createdAt)
        try fields.encode(attempts, forKey: .attempts)
    }

    static let schema = JSONSchema.object(
        "WebhookDelivery",
        [
            .property("id", .string(), doc: "The webhook-id of every try."), .property("event", .string()),
            .property("job_id", .nullable(.string())),
            .property("status", .enumeration(WebhookDelivery.Status.allCases.map(\.rawValue))),
            .property("created_at", .timestamp), .property("attempts", .array(of: attempt)),
        ])

    private static let attempt = JSONSchema.object(
        "WebhookAttempt",
        [
            .property("number", .integer()), .property("started_at", .timestamp),
            .property("milliseconds", .integer()), .optional("status", .integer(), doc: "The receiver's status code."),
            .optional("error", .string(), doc: "Why it failed."),
        ])

    static var example: DeliveryAnswer {
        DeliveryAnswer(
            WebhookDelivery(
                id: "msg_0f1e2d3c4b5a69788796a5b4", endpointID: WebhookEndpoint.example.id, event: .completed, body: [],
                jobID: "campaign-1", status: .delivered, createdAt: WebhookEndpoint.example.createdAt, round: 1),
            attempts: [
                WebhookAttempt(
                    number: 1, startedAt: WebhookEndpoint.example.createdAt, milliseconds: 84, status: 204, error: nil)
            ])
    }
}

extension WebhookEndpoint {
    fileprivate static var example: WebhookEndpoint {
        var endpoint = WebhookEndpoint(
            url: "https://example.com/hooks/atelier", events: [.completed, .failed], owner: nil,
            secret: WebhookSecret(recorded: Array(repeating: 0, count: 24)),
            createdAt: Date(timeIntervalSince1970: 1_767_225_600))
        endpoint.id = "ep_0a1b2c3d4e5f60718293a4b5"
        return endpoint
    }
}
