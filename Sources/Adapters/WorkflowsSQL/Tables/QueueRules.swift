import Database
import Workflows

/// The table `task_queues` as a worker knows it.
///
/// Whoever changes the table raises the revision in the row of every session. A worker reads its row in every
/// transaction anyway, so it takes nothing against a rule that is on disk, and asks for the rules only when they changed.
struct QueueRules: Sendable {
    struct Rule: Sendable {
        var isPaused: Bool
        var limits: TaskQueueLimits
    }
    /// What the session's row said when they were read; negative before the first time.
    var revision = -1
    private var rules: [TaskQueue: Rule] = [:]

    subscript(queue: TaskQueue) -> Rule? { rules[queue] }

    /// Queues whose activities start only when a claim lets them.
    var restricted: Set<TaskQueue> {
        Set(rules.filter { $0.value.isPaused || $0.value.limits != TaskQueueLimits() }.keys)
    }

    static func read(at revision: Int, on connection: any SQLConnection) throws -> QueueRules {
        let rows = try connection.query(
            "SELECT name, concurrency_limit, rate_limit, paused_at FROM task_queues LIMIT 10000")
        var result = QueueRules(revision: revision)
        for row in rows {
            result.rules[TaskQueue(rawValue: try row.text("name"))] = Rule(
                isPaused: try row.optionalInteger("paused_at") != nil, limits: try TaskQueueLimits(row))
        }
        return result
    }

    /// Makes every worker read the rules anew; first in any transaction that changes them.
    static func announceChange(on connection: any SQLConnection) throws {
        // In one order, so that two who change rules cannot wait for each other.
        if connection.dialect != .sqlite {
            _ = try connection.query("SELECT id FROM worker_sessions ORDER BY id FOR UPDATE")
        }
        try connection.execute("UPDATE worker_sessions SET rules_revision = rules_revision + 1")
    }

    /// Adds the row of a queue if it has none.
    static func insertRow(for queue: TaskQueue, on connection: any SQLConnection) throws {
        _ = try connection.insert(
            "INSERT INTO task_queues (name) VALUES (\(queue.rawValue))", unlessKnown: "name")
    }
}

extension TaskQueueLimits {
    /// Attempts that may start at once after a rest.
    var burst: Double { max(1, startsPerSecond ?? 0) }
}
