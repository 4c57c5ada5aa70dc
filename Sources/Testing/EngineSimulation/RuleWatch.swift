import Database

/// Sees after every commit that no queue runs more than its limit, and nothing begins in a paused queue or job.
struct RuleWatch {
    private struct Queue: Equatable {
        var running = 0
        var isPaused = false
        var limit: Int?
    }
    private var known: [String: Queue] = [:]
    /// How many activities of each paused run are running.
    private var pausedRuns: [Int: Int] = [:]

    /// - Returns: Which rule the last transaction broke.
    mutating func problem(on connection: any SQLConnection) throws -> String? {
        try problemOfQueues(on: connection) ?? problemOfJobs(on: connection)
    }

    private mutating func problemOfQueues(on connection: any SQLConnection) throws -> String? {
        var queues: [String: Queue] = [:]
        for row in try connection.query("SELECT name, paused_at, concurrency_limit FROM task_queues ORDER BY name") {
            queues[try row.text("name")] = Queue(
                isPaused: try row.optionalInteger("paused_at") != nil,
                limit: try row.optionalInteger("concurrency_limit"))
        }
        let running = try connection.query(
            "SELECT queue, COUNT(*) AS running FROM activity_tasks WHERE state = 2 GROUP BY queue ORDER BY queue")
        for row in running { queues[try row.text("queue"), default: Queue()].running = try row.integer("running") }
        defer { known = queues }
        for (name, queue) in queues.sorted(by: { $0.key < $1.key }) {
            let before = known[name] ?? Queue()
            // What ran before the rule came may go on.
            guard queue.running > before.running else { continue }
            if queue.isPaused, before.isPaused { return "something began in the paused queue \(name)" }
            if let limit = before.limit, limit == queue.limit, queue.running > limit {
                return "\(queue.running) activities of \(name) run, and \(limit) may"
            }
        }
        return nil
    }

    private mutating func problemOfJobs(on connection: any SQLConnection) throws -> String? {
        let rows = try connection.query(
            """
            SELECT r.id, (SELECT COUNT(*) FROM activity_tasks t WHERE t.run = r.id AND t.state = 2) AS running
            FROM workflow_runs r WHERE r.paused_at IS NOT NULL ORDER BY r.id
            """)
        let before = pausedRuns
        pausedRuns = [:]
        for row in rows { pausedRuns[try row.integer("id")] = try row.integer("running") }
        // What ran before the pause may go on.
        let run = pausedRuns.sorted { $0.key < $1.key }.first { run, running in running > before[run] ?? running }
        return run.map { "something began in the paused run \($0.key)" }
    }
}
