package import Database
import FoundationEssentials
package import Workflows

/// The table `workflow_history`.
package enum History {
    // Statements are cached by their text: a few lengths, not one for each number of rows.
    private static let rowsAStatement = 8

    /// Appends `entries` from `sequence` on.
    ///
    /// A sequence that is already there means that another process wrote it.
    static func append(
        _ entries: [RecordedEntry], to run: Int, from sequence: Int, at time: Int, on connection: any SQLConnection
    ) throws {
        var start = 0
        while start < entries.count {
            let end = min(start + rowsAStatement, entries.count)
            var insert = SQL.StringInterpolation(literalCapacity: 200, interpolationCount: 8 * (end - start))
            insert.appendLiteral(
                "INSERT INTO workflow_history (run, sequence, recorded_at, kind, subject, name, payload, detail) VALUES "
            )
            for index in start..<end {
                let entry = entries[index]
                insert.appendLiteral(index == start ? "(" : ", (")
                let row: [SQLValue] = [
                    run.sqlValue, (sequence + index).sqlValue, time.sqlValue, entry.kind.sqlValue,
                    entry.subject.sqlValue, entry.name.sqlValue, entry.payload.sqlValue, entry.detail.sqlValue,
                ]
                insert.appendInterpolation(list: row)
                insert.appendLiteral(")")
            }
            try connection.execute(SQL(stringInterpolation: insert))
            start = end
        }
    }

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
