import Database
import FoundationEssentials

/// The tables `webhook_endpoints`, `webhook_deliveries` and `webhook_attempts`; the only SQL of webhooks.
///
/// Times are microseconds since 1970.
struct WebhookStore: Sendable {
    private static let columns =
        """
        id, url, events, owner, enabled, disabled_reason, created_at, failing_since, secret, previous_secret, \
        previous_until
        """

    /// Whether anybody listens; asked with every job that ends.
    func hasListeners(in connection: any SQLConnection) throws -> Bool {
        try connection.first("SELECT id FROM webhook_endpoints WHERE enabled = 1 LIMIT 1") != nil
    }

    /// Everybody who listens.
    func listeners(in connection: any SQLConnection) throws -> [WebhookEndpoint] {
        try connection.query(
            "SELECT \(unsafe: Self.columns) FROM webhook_endpoints WHERE enabled = 1 ORDER BY id"
        ).map(Self.endpoint)
    }

    /// One page of receivers, the oldest first.
    func endpoints(after id: String?, limit: Int, in connection: any SQLConnection) throws -> [WebhookEndpoint] {
        try connection.query(
            """
            SELECT \(unsafe: Self.columns) FROM webhook_endpoints WHERE id > \(id ?? "")
            ORDER BY id LIMIT \(limit)
            """
        ).map(Self.endpoint)
    }

    func endpoint(_ id: String, in connection: any SQLConnection) throws -> WebhookEndpoint? {
        try connection.first("SELECT \(unsafe: Self.columns) FROM webhook_endpoints WHERE id = \(id)")
            .map(Self.endpoint)
    }

    func count(in connection: any SQLConnection) throws -> Int {
        try connection.first("SELECT COUNT(*) AS number FROM webhook_endpoints")?.integer("number") ?? 0
    }

    func insert(_ endpoint: WebhookEndpoint, in connection: any SQLConnection) throws {
        try connection.execute(
            """
            INSERT INTO webhook_endpoints (\(unsafe: Self.columns))
            VALUES (\(endpoint.id), \(endpoint.url), \(Self.words(endpoint.events)), \(endpoint.owner),
                \(endpoint.isEnabled), \(endpoint.disabledReason), \(endpoint.createdAt.webhookTime),
                \(endpoint.failingSince?.webhookTime), \(endpoint.secret.bytes), \(endpoint.previous?.secret.bytes),
                \(endpoint.previous?.until.webhookTime))
            """)
    }

    func update(_ endpoint: WebhookEndpoint, in connection: any SQLConnection) throws {
        try connection.execute(
            """
            UPDATE webhook_endpoints SET url = \(endpoint.url), events = \(Self.words(endpoint.events)),
                owner = \(endpoint.owner), enabled = \(endpoint.isEnabled),
                disabled_reason = \(endpoint.disabledReason), failing_since = \(endpoint.failingSince?.webhookTime),
                secret = \(endpoint.secret.bytes), previous_secret = \(endpoint.previous?.secret.bytes),
                previous_until = \(endpoint.previous?.until.webhookTime)
            WHERE id = \(endpoint.id)
            """)
    }

    /// Notes that a message arrived or did not; a busy receiver's row is not written for every message.
    func noteHealth(
        of endpoint: WebhookEndpoint, isArrived: Bool, at time: Date, in connection: any SQLConnection
    ) throws {
        if isArrived {
            try connection.execute(
                """
                UPDATE webhook_endpoints SET failing_since = NULL
                WHERE id = \(endpoint.id) AND failing_since IS NOT NULL
                """)
        } else {
            try connection.execute(
                """
                UPDATE webhook_endpoints SET failing_since = \(time.webhookTime)
                WHERE id = \(endpoint.id) AND failing_since IS NULL
                """)
        }
    }

    /// Sends nothing more to a receiver, for a reason that its operator reads.
    func disable(_ id: String, because reason: String, in connection: any SQLConnection) throws {
        try connection.execute(
            """
            UPDATE webhook_endpoints SET enabled = 0, disabled_reason = \(reason) WHERE id = \(id) AND enabled = 1
            """)
    }

    /// Removes a receiver with everything that was sent to it; false when there is none.
    func remove(_ id: String, in connection: any SQLConnection) throws -> Bool {
        try connection.execute(
            """
            DELETE FROM webhook_attempts WHERE delivery IN (SELECT id FROM webhook_deliveries WHERE endpoint = \(id))
            """)
        try connection.execute("DELETE FROM webhook_deliveries WHERE endpoint = \(id)")
        return try connection.execute("DELETE FROM webhook_endpoints WHERE id = \(id)") == 1
    }

    private static func endpoint(_ row: SQLRow) throws -> WebhookEndpoint {
        var endpoint = WebhookEndpoint(
            url: try row.text("url"), events: events(try row.text("events")), owner: try row.optionalText("owner"),
            secret: WebhookSecret(recorded: try row.blob("secret")),
            createdAt: Date(webhookTime: try row.integer("created_at")))
        endpoint.id = try row.text("id")
        endpoint.isEnabled = try row.integer("enabled") == 1
        endpoint.disabledReason = try row.optionalText("disabled_reason")
        endpoint.failingSince = try row.optionalInteger("failing_since").map(Date.init(webhookTime:))
        if let until = try row.optionalInteger("previous_until") {
            endpoint.previous = (WebhookSecret(recorded: try row.blob("previous_secret")), Date(webhookTime: until))
        }
        return endpoint
    }

    private static func words(_ events: Set<WebhookEvent>) -> String {
        events.map(\.rawValue).sorted().joined(separator: ",")
    }

    private static func events(_ words: String) -> Set<WebhookEvent> {
        Set(words.split(separator: ",").compactMap { WebhookEvent(rawValue: String($0)) })
    }
}

extension Date {
    init(webhookTime microseconds: Int) {
        self.init(timeIntervalSince1970: Double(microseconds) / 1_000_000)
    }
    var webhookTime: Int { Int((timeIntervalSince1970 * 1_000_000).rounded()) }
}
