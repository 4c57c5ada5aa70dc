import Database
import Workflows

/// How many come first, counting oneself; owners take turns, so another's long line counts only as far as one's own.
struct Place: CustomStringConvertible {
    private static let limit = 1000
    /// Owners whose lines are looked at.
    private static let ownerLimit = 100
    private let count: Int

    /// `14`, or `over 1,000`.
    var description: String { count > Self.limit ? "over 1,000" : "\(count)" }

    static func of(runs id: Int, priority: Int, owner: String, on connection: any SQLConnection) throws -> Place {
        try Place(in: .runs, priority: priority, owner: owner, before: "id", id, on: connection)
    }

    static func of(
        activityOf run: Int, in queue: String, priority: Int, owner: String, on connection: any SQLConnection
    ) throws -> Place {
        try Place(
            in: .activities(TaskQueue(rawValue: queue)), priority: priority, owner: owner, before: "run", run,
            on: connection)
    }

    private init(
        in backlog: Backlog, priority: Int, owner: String, before column: String, _ value: Int,
        on connection: any SQLConnection
    ) throws {
        func count(_ condition: SQL, atMost limit: Int) throws -> Int {
            let row = try connection.first(
                """
                SELECT COUNT(*) AS count FROM (
                    SELECT 1 AS one FROM \(waiting: backlog) AND \(condition) LIMIT \(limit)) AS counted
                """)
            return try row?.integer("count") ?? 0
        }
        let rest = Self.limit + 1
        let own =
            try count(
                """
                t.priority = \(priority) AND t.fairness_key = \(owner) AND t.\(unsafe: column) < \(value)
                """, atMost: rest) + 1
        var total = own + (try count("t.priority < \(priority)", atMost: rest))
        let owners = try backlog.owners(at: priority, from: owner, atMost: Self.ownerLimit, on: connection)
        for other in owners where other.key != owner && total <= Self.limit {
            total += try count(
                "t.priority = \(priority) AND t.fairness_key = \(other.key)", atMost: min(own, rest))
        }
        self.count = total
    }
}
