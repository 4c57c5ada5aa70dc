import Concurrency
import Database
import FoundationEssentials
import Workflows

/// What keeps a queue from starting anything, or from starting more.
struct QueueSituation {
    /// Why nothing of it starts now.
    private(set) var obstacle: WorkflowExplanation?
    /// How many run of how many that may, when no more may.
    private(set) var fullness: (running: Int, limit: Int)?

    init(_ queue: String, at now: Int, on connection: any SQLConnection) throws {
        let row = try connection.first(
            """
            SELECT concurrency_limit, rate_limit, tokens, refilled_at, paused_at, pause_reason FROM task_queues
            WHERE name = \(queue)
            """)
        if let row, let since = try row.date("paused_at") {
            let reason = try row.optionalText("pause_reason").map { " because: \($0.clause)" } ?? ""
            obstacle = WorkflowExplanation(.queuePaused, "Queue \(queue) is paused since \(since.inWords)\(reason).")
            return
        }
        let workers = try Workers.alive(at: now, on: connection)
        guard !workers.isEmpty else {
            obstacle = WorkflowExplanation(.noWorker, "No worker runs; start one with: atelier worker.")
            return
        }
        guard workers.contains(where: { $0.serves(queue) }) else {
            obstacle = WorkflowExplanation(
                .noWorkerForQueue,
                "No worker serves the queue \(queue); start one with: atelier worker --queue \(queue).")
            return
        }
        guard let row else { return }
        if let limit = try row.optionalInteger("concurrency_limit") {
            let counted = try connection.first(
                "SELECT COUNT(*) AS running FROM activity_tasks WHERE state = 2 AND queue = \(queue)")
            let running = try counted?.integer("running") ?? 0
            if running >= limit { fullness = (running, limit) }
        }
        if fullness == nil, let wait = try Self.wait(row, at: now) {
            obstacle = WorkflowExplanation(
                .rateLimited, "Rate limit of queue \(queue): next start in \(wait.inWords).",
                until: Date(microseconds: now + wait.microseconds))
        }
    }

    /// How long until the queue's bucket holds a token; nil when it holds one.
    private static func wait(_ row: SQLRow, at now: Int) throws -> Duration? {
        guard row["rate_limit"] != .null, row["tokens"] != .null else { return nil }
        let rate = try row.real("rate_limit")
        let elapsed = max(0, now - (try row.optionalInteger("refilled_at") ?? now))
        let tokens = try row.real("tokens") + Double(elapsed) / 1_000_000 * rate
        guard rate > 0, tokens < 1 else { return nil }
        return .seconds((1 - tokens) / rate)
    }
}

/// The workers that are known to live.
struct Workers {
    private let queues: [String]

    func serves(_ queue: String) -> Bool { queues.contains(queue) }

    static func alive(at now: Int, on connection: any SQLConnection) throws -> [Workers] {
        try connection.query(
            "SELECT id, host, process, expires_at, queues FROM worker_sessions LIMIT 1000"
        ).compactMap { row in
            let session = Sessions.Row(
                id: try row.text("id"),
                identity: ProcessIdentity(host: try row.text("host"), process: try row.text("process")),
                expiresAt: try row.integer("expires_at"))
            // What runs on another machine is taken at its word until its time is over.
            guard !(session.isDead(seenBy: .operatingSystem) ?? (session.expiresAt < now)) else { return nil }
            return Workers(queues: try row.optionalText("queues").map { try JSONText.decode($0) } ?? [])
        }
    }
}
