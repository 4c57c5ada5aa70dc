import Concurrency
import Database
import FoundationEssentials
public import Workflows

extension SQLWorkflowEngine: TaskQueueControl {
    /// Reads the rules, the sessions and what waits, of one moment.
    public func taskQueues() async throws -> [TaskQueueDescription] {
        try await database.read { connection in
            var queues: [String: TaskQueueDescription] = [:]
            func change(_ name: String, _ body: (inout TaskQueueDescription) throws -> Void) rethrows {
                try body(&queues[name, default: TaskQueueDescription(queue: TaskQueue(rawValue: name))])
            }
            for row in try connection.query(
                """
                SELECT name, concurrency_limit, rate_limit, paused_at, pause_reason FROM task_queues LIMIT 10000
                """)
            {
                try change(try row.text("name")) { queue in
                    queue.limits = try TaskQueueLimits(row)
                    queue.pausedAt = try row.optionalInteger("paused_at").map { Date(microseconds: $0) }
                    queue.pauseReason = try row.optionalText("pause_reason")
                }
            }
            for row in try connection.query(
                "SELECT queue, state, COUNT(*) AS count FROM activity_tasks GROUP BY queue, state")
            {
                let (state, count) = (TaskState(rawValue: try row.integer("state")), try row.integer("count"))
                change(try row.text("queue")) { $0.add(count, in: state) }
            }
            for row in try connection.query("SELECT label, queues FROM worker_sessions LIMIT 1000") {
                let names: [String] = try row.optionalText("queues").map { try JSONText.decode($0) } ?? []
                for name in names {
                    try change(name) { $0.workers.append(try row.optionalText("label") ?? "a worker") }
                }
            }
            return queues.values.sorted { $0.queue.rawValue < $1.queue.rawValue }
        }
    }

    /// Writes the queue's row.
    public func limit(_ queue: TaskQueue, to limits: TaskQueueLimits) async throws {
        try await changeRules { connection in
            try QueueRules.insertRow(for: queue, on: connection)
            try connection.execute(
                """
                UPDATE task_queues SET concurrency_limit = \(limits.concurrency),
                    rate_limit = \(limits.startsPerSecond), tokens = \(limits.startsPerSecond.map { _ in limits.burst }),
                    refilled_at = NULL
                WHERE name = \(queue.rawValue)
                """)
        }
    }

    /// Writes the queue's row; a second pause keeps the time of the first.
    public func pause(queue: TaskQueue, reason: String) async throws {
        let now = clock.now.microseconds
        try await changeRules { connection in
            try QueueRules.insertRow(for: queue, on: connection)
            try connection.execute(
                """
                UPDATE task_queues SET paused_at = COALESCE(paused_at, \(now)), pause_reason = \(reason)
                WHERE name = \(queue.rawValue)
                """)
        }
    }

    /// Writes the queue's row and wakes workers.
    public func resume(queue: TaskQueue) async throws {
        try await changeRules { connection in
            try connection.execute(
                "UPDATE task_queues SET paused_at = NULL, pause_reason = NULL WHERE name = \(queue.rawValue)")
        }
    }

    /// Writes the owner's row; the next claim goes by it.
    public func setWeight(_ weight: Int, ofOwner owner: String) async throws {
        let weight = min(max(weight, 1), 1000)
        try await database.write { connection in
            try connection.execute("DELETE FROM owner_weights WHERE fairness_key = \(owner)")
            guard weight > 1 else { return }
            try connection.execute("INSERT INTO owner_weights (fairness_key, weight) VALUES (\(owner), \(weight))")
        }
    }

    /// Looks a few times a second.
    public func waitUntilIdle(_ queue: TaskQueue, atMost timeout: Duration) async throws -> Bool {
        var left = timeout
        var pause = Duration.milliseconds(10)
        while true {
            let running = try await database.read { connection in
                try connection.first(
                    "SELECT 1 AS one FROM activity_tasks WHERE state = 2 AND queue = \(queue.rawValue) LIMIT 1")
            }
            if running == nil { return true }
            guard left > .zero else { return false }
            let step = min(pause, left)
            try await clock.sleep(for: step)
            left -= step
            pause = min(pause * 2, .milliseconds(250))
        }
    }

    private func changeRules(_ body: @escaping @Sendable (any SQLConnection) throws -> Void) async throws {
        try await database.write { connection in
            try QueueRules.announceChange(on: connection)
            try body(connection)
        }
        wake(forBacklogOf: nil)
    }
}

extension TaskQueueDescription {
    fileprivate mutating func add(_ count: Int, in state: TaskState?) {
        switch state {
        case .queued, .suspect, nil: waiting += count
        case .backoff: backingOff += count
        case .running: running += count
        case .parked, .paused: parked += count
        }
    }
}
