import Database
import Workflows

/// One attempt of an activity that has ended, as the timeline tells it; times in microseconds since 1970.
struct AttemptRecord: Sendable {
    /// Why an attempt has a row of its own.
    enum Outcome: String {
        case failed, timedOut, cancelled
        /// Its process ended in the middle of it.
        case lost
        /// A worker that stopped gave it back; it does not count.
        case handedBack

        static func ended(by failure: WorkflowFailure) -> Outcome {
            switch failure.kind {
            case WorkflowFailure.Kind.startToCloseTimeout, WorkflowFailure.Kind.scheduleToCloseTimeout,
                WorkflowFailure.Kind.heartbeatTimeout:
                .timedOut
            default: .failed
            }
        }
    }

    let activityID: String
    let attempt: Int
    let worker: String
    /// When it was due; nil for the time of its command.
    let scheduledAt: Int?
    let startedAt: Int
    let endedAt: Int

    /// What the history keeps beside the completion of an activity, so that a success needs no row; nil for other ends.
    func note(of event: WorkflowEvent) -> String? {
        guard case .activityCompleted = event else { return nil }
        // Written by hand: an encoder would cost more than the rest of the turn. The label holds no quotes.
        let due = attempt > 1 ? scheduledAt.map { ",\"scheduledAt\":\($0)" } ?? "" : ""
        return "{\"attempt\":\(attempt),\"worker\":\"\(worker)\",\"startedAt\":\(startedAt)\(due)}"
    }

    /// Adds a row for an attempt of which `event` tells that it did not complete.
    func insertUnlessCompleted(by event: WorkflowEvent, of run: Int, on connection: any SQLConnection) throws {
        let key = TaskKey(run: run, activityID: activityID)
        switch event {
        case .activityFailed(_, let failure):
            try insert(.ended(by: failure), failure, of: key, on: connection)
        case .activityCancelled: try insert(.cancelled, of: key, on: connection)
        default: break
        }
    }

    func insert(
        _ outcome: Outcome, _ failure: WorkflowFailure? = nil, of key: TaskKey, on connection: any SQLConnection
    ) throws {
        try connection.execute(
            """
            INSERT INTO activity_attempts (
                run, activity_id, attempt, worker, scheduled_at, started_at, ended_at, outcome, failure)
            VALUES (
                \(key.run), \(activityID), \(attempt), \(worker), \(scheduledAt), \(startedAt), \(endedAt),
                \(outcome.rawValue), \(try failure.map { try JSONText.encode($0) }))
            """)
    }

    /// Whose running attempts are taken away.
    enum Holder {
        case run(Int)
        case session(String)

        var column: String { if case .run = self { "run" } else { "session" } }
        var value: SQLValue {
            switch self {
            case .run(let run): run.sqlValue
            case .session(let session): session.sqlValue
            }
        }
    }

    /// Adds a row for each attempt that `holder` has running, before it is taken away.
    /// - Parameter worker: Who ran them; nil looks at their session.
    static func insertRunning(
        of holder: Holder, as outcome: Outcome, _ failure: WorkflowFailure? = nil, by worker: String? = nil,
        at time: Int, on connection: any SQLConnection
    ) throws {
        try connection.execute(
            """
            INSERT INTO activity_attempts (
                run, activity_id, attempt, worker, scheduled_at, started_at, ended_at, outcome, failure)
            SELECT t.run, t.activity_id, t.attempt, COALESCE(\(worker), s.label), t.scheduled_at, t.started_at,
                \(time), \(outcome.rawValue), \(try failure.map { try JSONText.encode($0) })
            FROM activity_tasks t LEFT JOIN worker_sessions s ON s.id = t.session
            WHERE t.\(unsafe: holder.column) = \(holder.value) AND t.state = 2
            """)
    }
}
