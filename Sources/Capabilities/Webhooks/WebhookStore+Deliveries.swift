import Database
import FoundationEssentials

// Messages and their tries.
extension WebhookStore {
    private static let columns = "id, endpoint, event, body, job_id, status, created_at, round"

    func insert(_ delivery: WebhookDelivery, in connection: any SQLConnection) throws {
        try connection.execute(
            """
            INSERT INTO webhook_deliveries (\(unsafe: Self.columns))
            VALUES (\(delivery.id), \(delivery.endpointID), \(delivery.event.rawValue), \(delivery.body),
                \(delivery.jobID), \(delivery.status.rawValue), \(delivery.createdAt.webhookTime), \(delivery.round))
            """)
    }

    func delivery(_ id: String, in connection: any SQLConnection) throws -> WebhookDelivery? {
        try connection.first("SELECT \(unsafe: Self.columns) FROM webhook_deliveries WHERE id = \(id)")
            .map(Self.delivery)
    }

    /// One page of a receiver's messages, the newest first, with their tries.
    func deliveries(
        to endpointID: String, before position: DeliveryPosition?, limit: Int, in connection: any SQLConnection
    ) throws -> [(WebhookDelivery, [WebhookAttempt])] {
        let time = position?.time ?? Int.max
        let rows = try connection.query(
            """
            SELECT \(unsafe: Self.columns) FROM webhook_deliveries
            WHERE endpoint = \(endpointID)
                AND (created_at < \(time) OR (created_at = \(time) AND id < \(position?.id ?? "")))
            ORDER BY created_at DESC, id DESC LIMIT \(limit)
            """)
        let deliveries = try rows.map(Self.delivery)
        let attempts = try attempts(of: deliveries.map(\.id), in: connection)
        return deliveries.map { ($0, attempts[$0.id] ?? []) }
    }

    private func attempts(
        of ids: [String], in connection: any SQLConnection
    ) throws -> [String: [WebhookAttempt]] {
        let rows = try connection.query(
            """
            SELECT delivery, number, started_at, milliseconds, status, error FROM webhook_attempts
            WHERE delivery IN (\(list: ids)) ORDER BY started_at
            """)
        var attempts: [String: [WebhookAttempt]] = [:]
        for row in rows {
            let attempt = WebhookAttempt(
                number: try row.integer("number"), startedAt: Date(webhookTime: try row.integer("started_at")),
                milliseconds: try row.integer("milliseconds"), status: try row.optionalInteger("status"),
                error: try row.optionalText("error"))
            attempts[try row.text("delivery"), default: []].append(attempt)
        }
        return attempts
    }

    /// Puts a try on record, and what it means for its message.
    ///
    /// Repeating it changes nothing.
    func record(
        _ attempt: WebhookAttempt, of delivery: WebhookDelivery, as status: WebhookDelivery.Status,
        in connection: any SQLConnection
    ) throws {
        try connection.execute(
            """
            INSERT INTO webhook_attempts (delivery, round, number, started_at, milliseconds, status, error)
            VALUES (\(delivery.id), \(delivery.round), \(attempt.number), \(attempt.startedAt.webhookTime),
                \(attempt.milliseconds), \(attempt.status), \(attempt.error))
            """)
        try setStatus(status, of: delivery, in: connection)
    }

    func setStatus(
        _ status: WebhookDelivery.Status, of delivery: WebhookDelivery, in connection: any SQLConnection
    ) throws {
        try connection.execute(
            """
            UPDATE webhook_deliveries SET status = \(status.rawValue)
            WHERE id = \(delivery.id) AND round = \(delivery.round)
            """)
    }

    /// Begins a message anew.
    func redeliver(_ delivery: WebhookDelivery, in connection: any SQLConnection) throws {
        try connection.execute(
            """
            UPDATE webhook_deliveries SET status = 'pending', round = \(delivery.round + 1)
            WHERE id = \(delivery.id) AND round = \(delivery.round)
            """)
    }

    /// Forgets up to `limit` messages from before `time`, all of which are over by then.
    /// - Returns: How many.
    func forget(before time: Date, limit: Int, in connection: any SQLConnection) throws -> Int {
        // In two steps: MySQL takes no limit in a subquery of IN.
        let ids = try connection.query(
            """
            SELECT id FROM webhook_deliveries WHERE created_at < \(time.webhookTime) AND status <> 'pending'
            ORDER BY created_at LIMIT \(limit)
            """
        ).map { try $0.text("id") }
        guard !ids.isEmpty else { return 0 }
        try connection.execute("DELETE FROM webhook_attempts WHERE delivery IN (\(list: ids))")
        try connection.execute("DELETE FROM webhook_deliveries WHERE id IN (\(list: ids))")
        return ids.count
    }

    private static func delivery(_ row: SQLRow) throws -> WebhookDelivery {
        WebhookDelivery(
            id: try row.text("id"), endpointID: try row.text("endpoint"),
            event: WebhookEvent(rawValue: try row.text("event")) ?? .test, body: try row.blob("body"),
            jobID: try row.optionalText("job_id"),
            status: WebhookDelivery.Status(rawValue: try row.text("status")) ?? .pending,
            createdAt: Date(webhookTime: try row.integer("created_at")), round: try row.integer("round"))
    }
}

/// Where in a list of messages a page begins.
struct DeliveryPosition: LosslessStringConvertible, Sendable {
    let time: Int
    let id: String

    init(_ delivery: WebhookDelivery) {
        time = delivery.createdAt.webhookTime
        id = delivery.id
    }

    init?(_ description: String) {
        let parts = description.split(separator: " ")
        guard parts.count == 2, let time = Int(parts[0]) else { return nil }
        (self.time, id) = (time, String(parts[1]))
    }

    var description: String { "\(time) \(id)" }
}
