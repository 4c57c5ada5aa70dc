import Database
import Workflows

/// What waits to be taken: runs, or the activities of one queue.
///
/// Every look at it is one step into an index that holds only what waits, so its cost is the same whether a hundred
/// rows wait or a million.
enum Backlog: Hashable, Sendable {
    case runs
    case activities(TaskQueue)

    /// The most urgent priority of what waits, of those behind `priority`.
    func firstPriority(after priority: Int, on connection: any SQLConnection) throws -> Int? {
        try connection.first(
            "SELECT MIN(t.priority) AS priority FROM \(waiting: self) AND t.priority > \(priority)"
        )?.optionalInteger("priority")
    }

    /// Up to `limit` owners of what waits at `priority`, in the order in which they take turns: from `owner` on, and
    /// round to those before it.
    func owners(
        at priority: Int, from owner: String, atMost limit: Int, on connection: any SQLConnection
    ) throws -> [TurnOrder.Owner] {
        var found: [TurnOrder.Owner] = []
        var next = try firstOwner(at: priority, "t.fairness_key >= \(owner)", on: connection)
        while let one = next, found.count < limit {
            found.append(one)
            next = try firstOwner(at: priority, "t.fairness_key > \(one.key)", on: connection)
        }
        // Nobody is before the empty key.
        guard found.count < limit, !owner.isEmpty else { return found }
        next = try firstOwner(at: priority, "t.fairness_key < \(owner)", on: connection)
        while let one = next, found.count < limit {
            found.append(one)
            next = try firstOwner(
                at: priority, "t.fairness_key > \(one.key) AND t.fairness_key < \(owner)", on: connection)
        }
        return found
    }

    private func firstOwner(
        at priority: Int, _ condition: SQL, on connection: any SQLConnection
    ) throws -> TurnOrder.Owner? {
        let row = try connection.first(
            """
            SELECT t.fairness_key, (
                SELECT w.weight FROM owner_weights w WHERE w.fairness_key = t.fairness_key) AS weight
            FROM \(waiting: self) AND t.priority = \(priority) AND \(condition) ORDER BY t.fairness_key LIMIT 1
            """)
        return try row.map { row in
            TurnOrder.Owner(key: try row.text("fairness_key"), weight: try row.optionalInteger("weight") ?? 1)
        }
    }
}

extension TurnOrder {
    /// Takes up to `limit` rows of `backlog`: of each priority, the most urgent first, in the order of the turns.
    /// - Parameter rows: The oldest rows of an owner at a priority, as many as asked for.
    mutating func take<Row>(
        _ limit: Int, of backlog: Backlog, on connection: any SQLConnection,
        rows: (_ priority: Int, Owner, _ count: Int) throws -> [Row]
    ) throws -> [Row] {
        var taken: [Row] = []
        var last = Int.min
        while taken.count < limit, let priority = try backlog.firstPriority(after: last, on: connection) {
            let lane = Lane(backlog: backlog, priority: priority)
            let wanted = limit - taken.count
            let owners = try backlog.owners(at: priority, from: self[lane].owner, atMost: wanted + 1, on: connection)
            taken += try deal(wanted, in: lane, among: owners) { try rows(priority, $0, $1) }
            last = priority
        }
        return taken
    }
}

extension SQL.StringInterpolation {
    /// The table `t` and the condition of what waits in a backlog.
    mutating func appendInterpolation(waiting backlog: Backlog) {
        switch backlog {
        case .runs: appendLiteral("workflow_runs t WHERE t.state = 0")
        case .activities(let queue):
            appendLiteral("activity_tasks t WHERE t.state = 0 AND t.queue = ")
            appendInterpolation(queue.rawValue)
        }
    }
}
