import Database
import FoundationEssentials
import Workflows

/// The table `worker_sessions`: who holds leases.
///
/// A lease is good for as long as its session's row is there, and only whoever deletes that row may take what it held.
enum Sessions {
    struct Row: Sendable {
        let id: String
        let identity: ProcessIdentity
        let expiresAt: Int

        /// Whether its process is known to be gone, or has not been heard of in time.
        func isDead(at now: Int, seenBy processes: ProcessTable) -> Bool {
            if identity == processes.own { return !LiveSessions.contains(id) }
            // What runs on this machine is seen directly, so a clock that jumps takes nothing from it.
            return processes.isRunning(identity).map { !$0 } ?? (expiresAt < now)
        }
    }

    /// - Parameters:
    ///   - label: Who it is, for people.
    ///   - queues: What it takes activities from.
    static func open(
        _ id: String, as identity: ProcessIdentity, label: String, queues: [String], at now: Int, until expiry: Int,
        on connection: any SQLConnection
    ) throws {
        try connection.execute(
            """
            INSERT INTO worker_sessions (id, host, process, expires_at, label, queues, started_at)
            VALUES (
                \(id), \(identity.host), \(identity.process), \(expiry), \(label), \(try JSONText.encode(queues)), \(now))
            """)
    }

    /// - Throws: ``LeaseError/sessionLost`` when somebody declared the session dead.
    static func check(_ id: String, on connection: any SQLConnection) throws {
        // Locked where rows can be: nobody may end the session between this look and the commit.
        let lock = connection.dialect == .sqlite ? "" : " FOR UPDATE"
        guard try connection.first("SELECT id FROM worker_sessions WHERE id = \(id)\(unsafe: lock)") != nil else {
            throw LeaseError.sessionLost
        }
    }

    static func extend(_ id: String, until expiry: Int, on connection: any SQLConnection) throws {
        guard try connection.execute("UPDATE worker_sessions SET expires_at = \(expiry) WHERE id = \(id)") == 1 else {
            throw LeaseError.sessionLost
        }
    }

    static func all(on connection: any SQLConnection) throws -> [Row] {
        try connection.query("SELECT id, host, process, expires_at FROM worker_sessions LIMIT 1000").map { row in
            Row(
                id: try row.text("id"),
                identity: ProcessIdentity(host: try row.text("host"), process: try row.text("process")),
                expiresAt: try row.integer("expires_at"))
        }
    }

    /// Ends a dead session and gives back what it held, counting the loss.
    ///
    /// - Returns: How many runs and activities it held; nil when somebody else ended it first.
    static func bury(
        _ dead: Row, at now: Int, on connection: any SQLConnection
    ) throws -> (runs: Int, activities: Int)? {
        let label = try connection.first("SELECT label FROM worker_sessions WHERE id = \(dead.id)")?
            .optionalText("label")
        let deleted = try connection.execute(
            "DELETE FROM worker_sessions WHERE id = \(dead.id) AND expires_at = \(dead.expiresAt)")
        guard deleted == 1 else { return nil }
        let failure = WorkflowFailure(
            kind: WorkflowFailure.Kind.workerLost, message: "The process that ran it ended in the middle of it.")
        let runs = try connection.execute(
            """
            UPDATE workflow_runs SET state = CASE WHEN lost >= 1 THEN 5 ELSE 0 END, lost = lost + 1, session = NULL
            WHERE state = 1 AND session = \(dead.id)
            """)
        try AttemptRecord.insertRunning(
            of: .session(dead.id), as: .lost, failure, by: label, at: now, on: connection)
        let activities = try connection.execute(
            """
            UPDATE activity_tasks SET state = CASE WHEN lost >= 1 THEN 3 ELSE 0 END, lost = lost + 1,
                token = token + 1, session = NULL, failure = \(try JSONText.encode(failure)), started_at = NULL
            WHERE state = 2 AND session = \(dead.id)
            """)
        return (runs, activities)
    }

    /// Ends a session in good order: what it still holds is given back, and no attempt is counted.
    ///
    /// A run without a history has not even begun, so it is ready, whatever waits for it.
    static func close(_ id: String, at now: Int, on connection: any SQLConnection) throws {
        try connection.execute(
            """
            UPDATE workflow_runs SET session = NULL, state = CASE
                WHEN EXISTS (SELECT 1 FROM workflow_inbox WHERE workflow_inbox.run = workflow_runs.id) THEN 0
                WHEN NOT EXISTS (SELECT 1 FROM workflow_history WHERE workflow_history.run = workflow_runs.id) THEN 0
                ELSE 2 END
            WHERE state = 1 AND session = \(id)
            """)
        try AttemptRecord.insertRunning(of: .session(id), as: .handedBack, at: now, on: connection)
        try connection.execute(
            """
            UPDATE activity_tasks SET state = 0, session = NULL, token = token + 1, attempt = attempt - 1,
                started_at = NULL
            WHERE state = 2 AND session = \(id)
            """)
        try connection.execute("DELETE FROM worker_sessions WHERE id = \(id)")
    }
}
