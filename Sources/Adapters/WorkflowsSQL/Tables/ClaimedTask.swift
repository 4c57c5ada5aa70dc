import Database
import Workflows

/// An activity that this session has leased; its attempt is already counted.
struct ClaimedTask: Sendable {
    var key: TaskKey
    var name: String
    var queue: TaskQueue
    var input: Payload
    /// Options given in the call; nil for the activity's own.
    var options: ActivityOptions?
    /// When all attempts together must be over, in microseconds since 1970.
    var expiresAt: Int?
    var attempt: Int
    /// How often a process died in it.
    var lost = 0
    /// The fencing token of this lease.
    var token: Int
    /// When this attempt was due; nil for the time of the command.
    var scheduledAt: Int?
    /// When this lease was taken.
    var startedAt: Int
    var heartbeat: Payload?
    var isCancelRequested = false
    var isSuspect = false
    var workflowID: WorkflowID
    var runID: RunID
    var logContext: [String: String]

    /// Leases up to `limit` activities of `queue`: the urgent first, then owners in turn, then the oldest run of each.
    static func claim(
        _ limit: Int, of queue: TaskQueue, for session: String, at now: Int, _ turns: inout TurnOrder,
        on connection: any SQLConnection
    ) throws -> [ClaimedTask] {
        // Only keys: what is locked must be the activities' rows alone.
        let rows = try turns.take(limit, of: .activities(queue), on: connection) { priority, owner, count in
            try connection.query(
                """
                SELECT run, activity_id FROM activity_tasks
                WHERE state = 0 AND queue = \(queue.rawValue) AND priority = \(priority)
                    AND fairness_key = \(owner.key)
                ORDER BY run LIMIT \(count)\(unsafe: connection.dialect.skippingLocked)
                """)
        }
        return try rows.map { try take($0, for: session, at: now, on: connection) }
    }

    /// Leases one activity in which processes died repeatedly.
    static func claimSuspect(
        of queue: TaskQueue, for session: String, at now: Int, on connection: any SQLConnection
    ) throws -> ClaimedTask? {
        let row = try connection.first(
            """
            SELECT run, activity_id FROM activity_tasks WHERE state = 3 AND queue = \(queue.rawValue) ORDER BY run
            LIMIT 1\(unsafe: connection.dialect.skippingLocked)
            """)
        guard let row else { return nil }
        var task = try take(row, for: session, at: now, on: connection)
        task.isSuspect = true
        return task
    }

    private static func take(
        _ row: SQLRow, for session: String, at now: Int, on connection: any SQLConnection
    ) throws -> ClaimedTask {
        let key = TaskKey(run: try row.integer("run"), activityID: try row.text("activity_id"))
        // The attempt is counted with the claim, before the call: a process that dies in it must not get the try back,
        // or what crashes it is run, and paid for, for ever.
        try connection.execute(
            """
            UPDATE activity_tasks SET state = 2, session = \(session), token = token + 1, attempt = attempt + 1,
                available_at = NULL, started_at = \(now)
            WHERE \(run: key)
            """)
        let leased = try connection.first(
            """
            SELECT t.name, t.queue, t.options, t.expires_at, t.attempt, t.lost, t.token, t.heartbeat,
                t.cancel_requested, t.scheduled_at, h.payload, r.workflow_id, r.run_id, r.log_context
            FROM activity_tasks t JOIN workflow_history h ON h.run = t.run AND h.sequence = t.sequence
            JOIN workflow_runs r ON r.id = t.run
            WHERE t.\(run: key)
            """)
        guard let leased else { throw LeaseError.taskLost(run: key.run, activityID: key.activityID) }
        return try ClaimedTask(key, leased, at: now)
    }
}

extension ClaimedTask {
    fileprivate init(_ key: TaskKey, _ row: SQLRow, at now: Int) throws {
        let heartbeat: Payload? =
            if case .null = row["heartbeat"] { nil } else { Payload(bytes: try row.blob("heartbeat")) }
        self.init(
            key: key, name: try row.text("name"), queue: TaskQueue(rawValue: try row.text("queue")),
            input: Payload(bytes: try row.blob("payload")),
            options: try row.optionalText("options").map { try JSONText.decode($0) },
            expiresAt: try row.optionalInteger("expires_at"), attempt: try row.integer("attempt"),
            lost: try row.integer("lost"), token: try row.integer("token"),
            scheduledAt: try row.optionalInteger("scheduled_at"), startedAt: now, heartbeat: heartbeat,
            isCancelRequested: try row.integer("cancel_requested") == 1,
            workflowID: WorkflowID(recorded: try row.text("workflow_id")),
            runID: RunID(rawValue: try row.text("run_id")),
            logContext: try row.optionalText("log_context").map { try JSONText.decode($0) } ?? [:])
    }
}
