import Database
import Workflows

/// One thing a worker writes; many of them share a transaction.
enum Change: Sendable {
    case turn(Turn)
    /// An attempt failed; the next may begin at `availableAt`.
    ///
    /// `limit` is how many attempts there may be; nil for any number.
    case retry(TaskKey, token: Int, availableAt: Int, failure: WorkflowFailure, AttemptRecord, limit: Int?)
    /// An activity ended whose run somebody else holds, or nobody.
    case relay(WorkflowEvent, TaskKey, token: Int, AttemptRecord?)
    /// A stopping worker gives a lease back; the attempt does not count.
    case handBack(TaskKey, token: Int, AttemptRecord)
    /// Processes died in it too often; the attempt that was claimed is not begun.
    case parkTask(TaskKey, token: Int, failure: WorkflowFailure)
    case heartbeat(TaskKey, token: Int, details: Payload, done: CheckedContinuation<Void, Never>)
    /// The run leaves memory.
    case release(run: Int)
    /// The run's code cannot go on.
    case park(run: Int, problem: String)
    /// The run was loaded without harm although its holders died.
    case clearLoss(run: Int)

    /// - Throws: ``LeaseError`` when the lease it rests on is gone; nothing of it must remain then.
    func apply(for session: String, on connection: any SQLConnection) throws {
        switch self {
        case .turn(let turn): try turn.apply(for: session, on: connection)
        case .retry(let key, let token, let availableAt, let failure, let attempt, let limit):
            try Self.retry(key, token, at: availableAt, failure, attempt, limit, on: connection)
        case .relay(let event, let key, let token, let attempt):
            try Self.changeOne(
                "DELETE FROM activity_tasks WHERE \(run: key) AND token = \(token)", key, on: connection)
            try attempt?.insertUnlessCompleted(by: event, of: key.run, on: connection)
            try Inbox.post(event, to: key.run, note: attempt?.note(of: event), on: connection)
        case .handBack(let key, let token, let attempt):
            try Self.changeOne(
                """
                UPDATE activity_tasks SET state = 0, session = NULL, token = token + 1, attempt = attempt - 1,
                    started_at = NULL
                WHERE \(run: key) AND token = \(token) AND state = 2
                """, key, on: connection)
            try attempt.insert(.handedBack, of: key, on: connection)
        case .parkTask(let key, let token, let failure):
            let parked = try connection.execute(
                """
                UPDATE activity_tasks SET state = 4, session = NULL, token = token + 1, attempt = attempt - 1,
                    started_at = NULL, failure = \(try JSONText.encode(failure))
                WHERE \(run: key) AND token = \(token) AND state = 2 AND cancel_requested = 0
                """)
            if parked == 0 { try Self.endCancelled(key, token, on: connection) }
        case .heartbeat(let key, let token, let details, _):
            try Self.changeOne(
                "UPDATE activity_tasks SET heartbeat = \(details.bytes) WHERE \(run: key) AND token = \(token)", key,
                on: connection)
        case .release(let run):
            try connection.execute(
                """
                UPDATE workflow_runs SET session = NULL, state = CASE WHEN EXISTS (
                    SELECT 1 FROM workflow_inbox WHERE workflow_inbox.run = workflow_runs.id) THEN 0 ELSE 2 END
                WHERE id = \(run) AND state = 1 AND session = \(session)
                """)
        case .park(let run, let problem):
            try connection.execute(
                """
                UPDATE workflow_runs SET session = NULL, state = 3, problem = \(problem)
                WHERE id = \(run) AND state = 1 AND session = \(session)
                """)
        case .clearLoss(let run): try connection.execute("UPDATE workflow_runs SET lost = 0 WHERE id = \(run)")
        }
    }

    /// - Parameter failure: Shown until the next attempt ends.
    private static func retry(
        _ key: TaskKey, _ token: Int, at availableAt: Int, _ failure: WorkflowFailure, _ attempt: AttemptRecord,
        _ limit: Int?, on connection: any SQLConnection
    ) throws {
        try attempt.insert(.ended(by: failure), failure, of: key, on: connection)
        let again = try connection.execute(
            """
            UPDATE activity_tasks SET state = 1, available_at = \(availableAt), session = NULL, token = token + 1,
                lost = 0, failure = \(try JSONText.encode(failure)), scheduled_at = \(availableAt), started_at = NULL,
                attempt_limit = \(limit)
            WHERE \(run: key) AND token = \(token) AND state = 2 AND cancel_requested = 0
            """)
        // Cancelled while it failed: then it is over.
        if again == 0 { try endCancelled(key, token, on: connection) }
    }

    private static func endCancelled(_ key: TaskKey, _ token: Int, on connection: any SQLConnection) throws {
        try changeOne(
            "DELETE FROM activity_tasks WHERE \(run: key) AND token = \(token) AND cancel_requested = 1", key,
            on: connection)
        try Inbox.post(.activityCancelled(id: key.activityID), to: key.run, on: connection)
    }

    private static func changeOne(_ statement: SQL, _ key: TaskKey, on connection: any SQLConnection) throws {
        guard try connection.execute(statement) == 1 else {
            throw LeaseError.taskLost(run: key.run, activityID: key.activityID)
        }
    }
}

extension SQL.StringInterpolation {
    /// The condition that names an activity.
    mutating func appendInterpolation(run key: TaskKey) {
        appendLiteral("run = ")
        appendInterpolation(key.run)
        appendLiteral(" AND activity_id = ")
        appendInterpolation(key.activityID)
    }
}
