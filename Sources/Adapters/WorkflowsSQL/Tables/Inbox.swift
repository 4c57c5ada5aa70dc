import Database
import Workflows

/// The table `workflow_inbox`: events on their way to whoever holds the run, now or later.
enum Inbox {
    struct Row: Sendable {
        let id: Int
        let run: Int
        let event: WorkflowEvent
        /// What the history keeps beside the event: which attempt completed.
        let note: String?
    }

    /// Leaves an event for a run and makes somebody look for it.
    /// - Parameter note: Kept beside an event that has no detail of its own.
    static func post(
        _ event: WorkflowEvent, to run: Int, note: String? = nil, on connection: any SQLConnection
    ) throws {
        var entry = try RecordedEntry(event)
        entry.add(note)
        try connection.execute(
            """
            INSERT INTO workflow_inbox (run, kind, subject, payload, detail)
            VALUES (\(run), \(entry.kind), \(entry.subject), \(entry.payload), \(entry.detail))
            """)
        // A parked run may only be ended by it (a cancellation, its deadline), so that is tried too.
        try connection.execute("UPDATE workflow_runs SET state = 0 WHERE id = \(run) AND state IN (2, 3)")
        switch event {
        case .cancelRequested, .deadlineReached:
            // What only needs to be ended does not wait behind the backlog.
            try connection.execute("UPDATE workflow_runs SET priority = 0 WHERE id = \(run) AND state = 0")
        default: break
        }
    }

    /// What waits for the runs that `session` holds, oldest first.
    static func waiting(for session: String, on connection: any SQLConnection) throws -> [Row] {
        let rows = try connection.query(
            """
            SELECT i.id, i.run, i.kind, i.subject, i.payload, i.detail FROM workflow_inbox i
            JOIN workflow_runs r ON r.id = i.run
            WHERE r.state = 1 AND r.session = \(session) ORDER BY i.id LIMIT 1000
            """)
        return try rows.map { row in
            let entry = try RecordedEntry(row)
            guard let event = try entry.event() else { throw UnreadableHistory(kind: entry.kind) }
            return Row(
                id: try row.integer("id"), run: try row.integer("run"), event: event, note: entry.note)
        }
    }

    static func remove(_ ids: [Int], on connection: any SQLConnection) throws {
        for id in ids { try connection.execute("DELETE FROM workflow_inbox WHERE id = \(id)") }
    }
}
