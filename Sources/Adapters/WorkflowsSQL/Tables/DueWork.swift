import Database
import Workflows

/// What time itself brings about: timers, retries, limits.
enum DueWork {
    /// Rows a transaction; what is left comes in the next.
    private static let batch = 500

    /// Moves on everything whose time has come.
    static func fire(at now: Int, on connection: any SQLConnection) throws {
        try connection.execute(
            "UPDATE activity_tasks SET state = 0, available_at = NULL WHERE state = 1 AND available_at <= \(now)")
        try fireTimers(at: now, on: connection)
        try expireTasks(at: now, on: connection)
        try expireRuns(at: now, on: connection)
    }

    /// When the next thing falls due; nil for never.
    static func next(on connection: any SQLConnection) throws -> Int? {
        let moments: [SQL] = [
            "SELECT MIN(available_at) AS due FROM activity_tasks WHERE state = 1",
            "SELECT MIN(due_at) AS due FROM workflow_timers",
            "SELECT MIN(expires_at) AS due FROM activity_tasks WHERE expires_at IS NOT NULL AND state <> 2",
            "SELECT MIN(deadline_at) AS due FROM workflow_runs WHERE deadline_at IS NOT NULL",
        ]
        return try moments.compactMap { try connection.first($0)?.optionalInteger("due") }.min()
    }

    private static func fireTimers(at now: Int, on connection: any SQLConnection) throws {
        let rows = try connection.query(
            """
            SELECT run, timer_id FROM workflow_timers WHERE due_at <= \(now) ORDER BY due_at
            LIMIT \(batch)\(unsafe: connection.dialect.skippingLocked)
            """)
        for row in rows {
            let (run, id) = (try row.integer("run"), try row.text("timer_id"))
            try connection.execute("DELETE FROM workflow_timers WHERE run = \(run) AND timer_id = \(id)")
            try Inbox.post(.timerFired(id: id), to: run, on: connection)
        }
    }

    /// Activities that waited for longer than all their attempts may take.
    ///
    /// Those that run are watched by their worker.
    private static func expireTasks(at now: Int, on connection: any SQLConnection) throws {
        let rows = try connection.query(
            """
            SELECT run, activity_id, name, attempt FROM activity_tasks
            WHERE expires_at IS NOT NULL AND expires_at <= \(now) AND state <> 2
            ORDER BY expires_at LIMIT \(batch)\(unsafe: connection.dialect.skippingLocked)
            """)
        for row in rows {
            let (run, id) = (try row.integer("run"), try row.text("activity_id"))
            let failure = WorkflowFailure.timeout(
                WorkflowFailure.Kind.scheduleToCloseTimeout, of: try row.text("name"),
                attempts: try row.integer("attempt"))
            try connection.execute("DELETE FROM activity_tasks WHERE run = \(run) AND activity_id = \(id)")
            try Inbox.post(.activityFailed(id: id, failure: failure), to: run, on: connection)
        }
    }

    private static func expireRuns(at now: Int, on connection: any SQLConnection) throws {
        let rows = try connection.query(
            """
            SELECT id FROM workflow_runs WHERE deadline_at IS NOT NULL AND deadline_at <= \(now)
            ORDER BY deadline_at LIMIT \(batch)\(unsafe: connection.dialect.skippingLocked)
            """)
        for row in rows {
            let run = try row.integer("id")
            try connection.execute("UPDATE workflow_runs SET deadline_at = NULL WHERE id = \(run)")
            try Inbox.post(.deadlineReached, to: run, on: connection)
        }
    }
}

extension WorkflowFailure {
    /// The failure of an activity that took too long in one of the ways of ``WorkflowFailure/Kind``.
    static func timeout(_ kind: String, of activity: String, attempts: Int) -> WorkflowFailure {
        WorkflowFailure(
            kind: kind, message: "A step took longer than it may. Trying again later may help.", activity: activity,
            attempts: attempts)
    }
}
