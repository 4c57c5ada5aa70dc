import Database

extension Sessions {
    /// Gives back what the tables say `session` holds, besides `runs` and `tasks`: claims whose answer was lost.
    ///
    /// Nothing of it has begun, so no attempt is counted.
    static func giveBack(
        of session: String, besides runs: Set<Int>, _ tasks: Set<TaskKey>, on connection: any SQLConnection
    ) throws {
        try check(session, on: connection)
        let held = try connection.query("SELECT id FROM workflow_runs WHERE state = 1 AND session = \(session)")
        for run in try held.map({ try $0.integer("id") }) where !runs.contains(run) {
            try connection.execute(
                """
                UPDATE workflow_runs SET session = NULL,
                    state = CASE WHEN paused_at IS NOT NULL THEN 6 WHEN lost >= 2 THEN 5 ELSE 0 END
                WHERE id = \(run)
                """)
        }
        let leased = try connection.query(
            "SELECT run, activity_id FROM activity_tasks WHERE state = 2 AND session = \(session)")
        for row in leased {
            let key = TaskKey(run: try row.integer("run"), activityID: try row.text("activity_id"))
            if tasks.contains(key) { continue }
            try connection.execute(
                """
                UPDATE activity_tasks SET state = CASE WHEN lost >= 2 AND \(waiting: .queued) = 0 THEN 3
                    ELSE \(waiting: .queued) END, session = NULL,
                    token = token + 1, attempt = attempt - 1, started_at = NULL
                WHERE \(run: key)
                """)
        }
    }
}
