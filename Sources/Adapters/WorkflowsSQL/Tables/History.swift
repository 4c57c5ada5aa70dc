package import Database
import FoundationEssentials
package import Workflows

/// The table `workflow_history`.
package enum History {
    /// Appends entries; a sequence that is already there means that another process wrote it.
    static let insert = RowStatement(
        "INSERT INTO workflow_history (run, sequence, recorded_at, kind, subject, name, payload, detail) VALUES ",
        row: "(?, ?, ?, ?, ?, ?, ?, ?)")

    /// The entries of `run` in order, without the start, which is the run's own row.
    package static func entries(of run: Int, on connection: any SQLConnection) throws -> [HistoryEntry] {
        let rows = try connection.query(
            """
            SELECT recorded_at, kind, subject, name, payload, detail FROM workflow_history
            WHERE run = \(run) ORDER BY sequence
            """)
        return try rows.map { row in
            HistoryEntry(
                time: Date(microseconds: try row.integer("recorded_at")), content: try RecordedEntry(row).content())
        }
    }
}
