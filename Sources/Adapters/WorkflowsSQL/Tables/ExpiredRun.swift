import Database
import Workflows

/// A closed run whose time is over.
struct ExpiredRun: Sendable {
    let id: Int
    let workflowID: WorkflowID

    /// Takes up to `limit` runs that closed before `time` out of everybody's reach, the oldest first.
    /// - Returns: How many.
    static func mark(before time: Int, atMost limit: Int, on connection: any SQLConnection) throws -> Int {
        let rows = try connection.query(
            """
            SELECT id FROM workflow_runs WHERE state = 4 AND closed_at < \(time) ORDER BY closed_at
            LIMIT \(limit)\(unsafe: connection.dialect.skippingLocked)
            """)
        for row in rows {
            try connection.execute(
                "UPDATE workflow_runs SET state = 7 WHERE id = \(try row.integer("id")) AND state = 4")
        }
        return rows.count
    }

    /// Up to `limit` runs that were marked, behind `last`.
    static func marked(
        after last: Int, atMost limit: Int, on connection: any SQLConnection
    ) throws -> [ExpiredRun] {
        try connection.query(
            "SELECT id, workflow_id FROM workflow_runs WHERE state = 7 AND id > \(last) ORDER BY id LIMIT \(limit)"
        ).map { row in
            ExpiredRun(id: try row.integer("id"), workflowID: WorkflowID(recorded: try row.text("workflow_id")))
        }
    }

    /// Removes up to `limit` rows of what is on record of it, and its own row last.
    /// - Returns: How many rows; fewer than `limit` when nothing is left.
    func remove(atMost limit: Int, on connection: any SQLConnection) throws -> Int {
        var count = 0
        for table in Self.tables where count < limit {
            count += try removeRows(of: table, atMost: limit - count, on: connection)
        }
        guard count < limit else { return count }
        return count + (try connection.execute("DELETE FROM workflow_runs WHERE id = \(id)"))
    }

    /// The tables with rows of a run, and what orders the rows of one run.
    ///
    /// The inbox last, in the transaction that removes the run: what comes late goes with it.
    private static let tables: [(name: String, order: String)] = [
        ("workflow_history", "sequence"), ("activity_attempts", "id"), ("activity_details", "id"),
        ("workflow_history_archive", "sequence"), ("workflow_reopenings", "number"), ("workflow_inbox", "id"),
    ]

    private func removeRows(
        of table: (name: String, order: String), atMost limit: Int, on connection: any SQLConnection
    ) throws -> Int {
        let (name, order) = table
        // The last of the portion first: not every database deletes with a limit.
        let last = try connection.query(
            """
            SELECT \(unsafe: order) AS place FROM \(unsafe: name) WHERE run = \(id)
            ORDER BY \(unsafe: order) LIMIT \(limit)
            """
        ).last?.integer("place")
        guard let last else { return 0 }
        return try connection.execute(
            "DELETE FROM \(unsafe: name) WHERE run = \(id) AND \(unsafe: order) <= \(last)")
    }
}
