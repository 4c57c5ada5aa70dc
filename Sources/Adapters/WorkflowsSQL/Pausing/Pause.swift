import Database
import Workflows

/// What pausing a job does to its rows.
///
/// A paused run is in nobody's memory: events wait in its inbox, and its activities that have not begun are in a state
/// that no claim looks at. Attempts that run go on; what comes of them waits, too. Whoever holds the run when it is
/// paused finds a word in its inbox and lets go of it.
enum Pause {
    /// The inbox's word to a holder: let go of this run.
    static let leave = "leave"
    /// How deep children of children are looked for.
    private static let familyDepth = 20

    /// - Returns: Whether it is paused now; false when it has ended or was paused before.
    static func begin(
        _ run: Int, at now: Int, by operatorName: String?, reason: String?, on connection: any SQLConnection
    ) throws -> Bool {
        let changed = try connection.execute(
            """
            UPDATE workflow_runs SET paused_at = \(now), paused_by = \(operatorName), pause_reason = \(reason),
                state = CASE WHEN state = 1 THEN 1 ELSE 6 END
            WHERE id = \(run) AND state <> 4 AND paused_at IS NULL
            """)
        guard changed == 1 else { return false }
        try connection.execute(
            """
            INSERT INTO workflow_inbox (run, kind, subject)
            SELECT id, \(leave), '' FROM workflow_runs WHERE id = \(run) AND state = 1
            """)
        try holdTasks(of: run, on: connection)
        return true
    }

    /// The runs that `session` holds although their jobs are paused: those that it still has to let go of.
    static func runs(heldBy session: String, on connection: any SQLConnection) throws -> Set<Int> {
        let rows = try connection.query(
            "SELECT id FROM workflow_runs WHERE state = 1 AND session = \(session) AND paused_at IS NOT NULL")
        return Set(try rows.map { try $0.integer("id") })
    }

    /// Lets go of a run that was paused while `session` held it.
    static func complete(_ run: Int, for session: String, on connection: any SQLConnection) throws {
        let changed = try connection.execute(
            """
            UPDATE workflow_runs SET session = NULL, state = CASE WHEN paused_at IS NOT NULL THEN 6 ELSE 0 END
            WHERE id = \(run) AND state = 1 AND session = \(session)
            """)
        guard changed == 1 else { return }
        try connection.execute("DELETE FROM workflow_inbox WHERE run = \(run) AND kind = \(leave)")
        let isPaused = try connection.first("SELECT id FROM workflow_runs WHERE id = \(run) AND state = 6") != nil
        if isPaused { try holdTasks(of: run, on: connection) }
    }

    /// - Parameter now: Attempts that are due later go on waiting; nil lets all of them begin.
    /// - Returns: Whether it was paused.
    @discardableResult
    private static func lift(_ run: Int, at now: Int? = nil, on connection: any SQLConnection) throws -> Bool {
        let changed = try connection.execute(
            """
            UPDATE workflow_runs SET paused_at = NULL, paused_by = NULL, pause_reason = NULL, problem = NULL,
                state = CASE WHEN state <> 6 THEN state WHEN lost >= 2 THEN 5 ELSE 0 END
            WHERE id = \(run) AND paused_at IS NOT NULL AND state <> 4
            """)
        guard changed == 1 else { return false }
        try connection.execute("DELETE FROM workflow_inbox WHERE run = \(run) AND kind = \(leave)")
        try connection.execute(
            """
            UPDATE activity_tasks SET state = CASE WHEN lost >= 2 THEN 3
                WHEN available_at > \(now ?? Int.max) THEN 1 ELSE 0 END
            WHERE run = \(run) AND state = 5
            """)
        return true
    }

    /// Lifts the pause of a run and, if it had one, of its children: they were paused with it.
    /// - Returns: Whether it was paused.
    @discardableResult
    static func liftWithChildren(_ run: Int, at now: Int? = nil, on connection: any SQLConnection) throws -> Bool {
        guard try lift(run, at: now, on: connection) else { return false }
        for child in try openChildren(of: run, on: connection) { try lift(child, at: now, on: connection) }
        return true
    }

    /// The children of a run that have not ended, and theirs.
    static func openChildren(of run: Int, on connection: any SQLConnection) throws -> [Int] {
        var (found, generation): ([Int], [Int]) = ([], [run])
        for _ in 0..<familyDepth where !generation.isEmpty {
            generation = try generation.flatMap { parent in
                // By way of the history: runs have no index on their parent, since few have one.
                try connection.query(
                    """
                    SELECT c.id FROM workflow_history h JOIN workflow_runs c ON c.workflow_id = h.detail
                    WHERE h.run = \(parent) AND h.kind = 'startChild' AND c.parent = \(parent) AND c.state <> 4
                    """
                ).map { try $0.integer("id") }
            }
            found += generation
        }
        return found
    }

    private static func holdTasks(of run: Int, on connection: any SQLConnection) throws {
        try connection.execute("UPDATE activity_tasks SET state = 5 WHERE run = \(run) AND state IN (0, 1, 3)")
    }
}

extension SQL.StringInterpolation {
    /// The state of an activity that goes back to waiting: `state`, unless its job is paused.
    mutating func appendInterpolation(waiting state: TaskState) {
        appendLiteral(
            """
            CASE WHEN EXISTS (SELECT 1 FROM workflow_runs p WHERE p.id = activity_tasks.run \
            AND p.paused_at IS NOT NULL) THEN 5 ELSE \(state.rawValue) END
            """)
    }

    /// The state of a run that was parked: it may be claimed, unless its job is paused.
    mutating func appendInterpolation(readyUnlessPaused: Void) {
        appendLiteral("CASE WHEN paused_at IS NOT NULL THEN 6 ELSE 0 END")
    }
}
