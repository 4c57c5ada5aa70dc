import Database
import Workflows

/// The table `temporal_outbox`: what was decided here and the server has yet to be told.
///
/// Rows of one workflow are told in their order, one after the other; telling twice does no harm, since each request
/// carries an id of its own that the server remembers.
enum Outbox {
    enum Kind: String, Sendable { case start, signal, cancel, reset }

    struct Row: Sendable {
        let id: Int
        let workflowID: String
        let kind: Kind
        let request: [UInt8]
    }

    static func post(
        _ kind: Kind, _ request: [UInt8], to workflow: WorkflowID, on connection: any SQLConnection
    ) throws {
        try connection.execute(
            """
            INSERT INTO temporal_outbox (workflow_id, kind, request)
            VALUES (\(workflow.rawValue), \(kind.rawValue), \(request))
            """)
    }

    /// Takes the first row of up to `limit` workflows, for `now` up to `until`.
    static func claim(
        _ limit: Int, now: Int, until: Int, on connection: any SQLConnection
    ) throws -> [Row] {
        let lock = connection.dialect == .sqlite ? "" : " FOR UPDATE SKIP LOCKED"
        let rows = try connection.query(
            """
            SELECT o.id, o.workflow_id, o.kind, o.request FROM temporal_outbox o
            WHERE o.claimed_until < \(now) AND NOT EXISTS (
                SELECT 1 FROM temporal_outbox p WHERE p.workflow_id = o.workflow_id AND p.id < o.id)
            ORDER BY o.id LIMIT \(limit)\(unsafe: lock)
            """)
        let claimed = try rows.compactMap { row -> Row? in
            guard let kind = Kind(rawValue: try row.text("kind")) else { return nil }
            return Row(
                id: try row.integer("id"), workflowID: try row.text("workflow_id"), kind: kind,
                request: try row.blob("request"))
        }
        for row in claimed {
            try connection.execute("UPDATE temporal_outbox SET claimed_until = \(until) WHERE id = \(row.id)")
        }
        return claimed
    }

    /// The server has it.
    static func remove(_ row: Row, on connection: any SQLConnection) throws {
        try connection.execute("DELETE FROM temporal_outbox WHERE id = \(row.id)")
        if row.kind == .start || row.kind == .reset {
            try connection.execute(
                "UPDATE temporal_workflows SET is_dispatched = 1 WHERE workflow_id = \(row.workflowID)")
        }
    }

    /// Leaves a row to be told again at `time`.
    static func delay(_ row: Row, until time: Int, reason: String, on connection: any SQLConnection) throws {
        try connection.execute(
            """
            UPDATE temporal_outbox
            SET claimed_until = \(time), refusals = refusals + 1, last_refusal = \(String(reason.prefix(500)))
            WHERE id = \(row.id)
            """)
    }
}
