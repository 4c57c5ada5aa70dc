import Database
import DatabaseSQLite
import Foundation

/// What the engine wrote about its workflows, read from the tables after the program has ended.
struct Histories {
    private let rows: [SQLRow]

    init(database: URL) async throws {
        let database = try await SQLiteDatabase(path: database.path)
        try await self.init(database)
        await database.close()
    }

    init(_ database: any Database) async throws {
        rows = try await database.read { connection in
            try connection.query(
                """
                SELECT r.workflow_id, r.status, h.kind, h.subject FROM workflow_runs r
                LEFT JOIN workflow_history h ON h.run = r.id
                """)
        }
    }

    /// The status of `workflow`, which has one run.
    func status(of workflow: String) throws -> String? {
        try rows.first { try $0.text("workflow_id") == workflow }?.text("status")
    }

    /// How many outcomes of `activity` are on record for `workflow`.
    func outcomes(of activity: String, in workflow: String) throws -> Int {
        try rows.filter { row in
            try row.text("workflow_id") == workflow && row.optionalText("kind") == "activityCompleted"
                && row.text("subject").hasPrefix(activity)
        }.count
    }
}
