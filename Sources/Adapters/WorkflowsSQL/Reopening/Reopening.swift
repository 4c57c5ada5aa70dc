import Database
import Workflows

/// A row of `workflow_reopenings`: how a run had ended, and from where it went on.
struct Reopening: Sendable {
    /// From 1.
    let number: Int
    let reopenedAt: Int
    /// The first sequence of the history that was taken back.
    let cut: Int
    let status: String
    let failure: WorkflowFailure?
    let closedAt: Int?

    /// All of a run, oldest first.
    static func all(of run: Int, on connection: any SQLConnection) throws -> [Reopening] {
        try connection.query(
            """
            SELECT number, reopened_at, cut, status, failure, closed_at FROM workflow_reopenings
            WHERE run = \(run) ORDER BY number LIMIT 10000
            """
        ).map { row in
            Reopening(
                number: try row.integer("number"), reopenedAt: try row.integer("reopened_at"),
                cut: try row.integer("cut"), status: try row.text("status"),
                failure: try row.optionalText("failure").map { try JSONText.decode($0) },
                closedAt: try row.optionalInteger("closed_at"))
        }
    }

    /// After which of `reopenings` the entry at `sequence`, which none of them took back, was written; 0 for before all.
    ///
    /// A reopening removes everything from its cut on, so what stands behind a cut came after it.
    static func generation(of sequence: Int, after reopenings: [Reopening]) -> Int {
        reopenings.last { $0.cut <= sequence }?.number ?? 0
    }
}
