import Concurrency
import Database
import FoundationEssentials
import Workflows

/// What operators set for a task queue: a row of `temporal_queues`.
struct QueueRule: Sendable, Equatable {
    var limits = TaskQueueLimits()
    var pausedAt: Date?
    var pauseReason: String?

    /// Whether anything but the workers' own slots decides what starts.
    var isRestricting: Bool { pausedAt != nil || limits != TaskQueueLimits() }

    /// The most starts in a second that the server is to allow; nil for no limit.
    var rate: Double? { pausedAt != nil ? 0 : limits.startsPerSecond }

    static func all(on connection: any SQLConnection) throws -> [TaskQueue: QueueRule] {
        let rows = try connection.query(
            "SELECT name, concurrency_limit, rate_limit, paused_at, pause_reason FROM temporal_queues LIMIT 10000")
        return try rows.reduce(into: [:]) { rules, row in
            rules[TaskQueue(rawValue: try row.text("name"))] = QueueRule(
                limits: try TaskQueueLimits(row),
                pausedAt: try row.optionalInteger("paused_at").map { Date(microseconds: $0) },
                pauseReason: try row.optionalText("pause_reason"))
        }
    }

    /// Changes the rule of a queue.
    static func change(
        _ queue: TaskQueue, on connection: any SQLConnection, _ body: (inout QueueRule) -> Void
    ) throws {
        _ = try connection.insert(
            "INSERT INTO temporal_queues (name) VALUES (\(queue.rawValue))", unlessKnown: "name")
        var rule = try all(on: connection)[queue] ?? QueueRule()
        body(&rule)
        try connection.execute(
            """
            UPDATE temporal_queues SET concurrency_limit = \(rule.limits.concurrency),
                rate_limit = \(rule.limits.startsPerSecond), paused_at = \(rule.pausedAt?.microseconds),
                pause_reason = \(rule.pauseReason)
            WHERE name = \(queue.rawValue)
            """)
    }

    /// Has every worker say that it heeds the rules as they are now.
    static func announceChange(on connection: any SQLConnection) throws {
        try connection.execute("UPDATE temporal_sessions SET rules_revision = rules_revision + 1")
    }
}
