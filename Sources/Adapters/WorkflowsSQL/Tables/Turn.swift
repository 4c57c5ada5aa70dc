import Concurrency
import Database
import FoundationEssentials
import Workflows

/// One step of a run: what happened, what was decided upon it, and everything that follows from that, in one
/// transaction.
///
/// Either all of it is on disk or nothing.
struct Turn: Sendable {
    struct EndedTask: Sendable {
        let activityID: String
        let token: Int
    }
    struct NewTask: Sendable {
        let command: ActivityCommand
        /// Where in the history its input is.
        let sequence: Int
        let expiresAt: Int?
        /// Leased at once by the worker that writes it, instead of waiting in the queue.
        let isLeased: Bool
    }
    struct Closing: Sendable {
        let status: WorkflowStatus
        var result: Payload?
        var failure: WorkflowFailure?
    }

    let run: Int
    /// Whose turn it uses when activities of it are claimed.
    let fairnessKey: String
    let priority: Int
    let time: Int
    let firstSequence: Int
    var entries: [RecordedEntry] = []
    var endedTasks: [EndedTask] = []
    /// Attempts that did not complete.
    var failedAttempts: [(attempt: AttemptRecord, event: WorkflowEvent)] = []
    var consumedInbox: [Int] = []
    var newTasks: [NewTask] = []
    var cancelledTasks: [String] = []
    var newTimers: [(id: String, dueAt: Int)] = []
    var cancelledTimers: [String] = []
    var newChildren: [RunAdmission] = []
    var cancelledChildren: [WorkflowID] = []
    var progress: WorkflowProgress?
    var closing: Closing?
    var parent: RunAdmission.Parent?
    /// Whether the run got on although its holders died in it before.
    var clearsLoss = false
    /// What is open besides `newTasks`, so that closing need not look where nothing is.
    var hasOpenTasks = false
    var hasOpenTimers = false

    /// - Throws: ``LeaseError/taskLost(run:activityID:)`` when an activity's lease was taken away meanwhile.
    func apply(for session: String, on connection: any SQLConnection) throws {
        for task in endedTasks {
            let deleted = try connection.execute(
                """
                DELETE FROM activity_tasks
                WHERE run = \(run) AND activity_id = \(task.activityID) AND token = \(task.token)
                """)
            guard deleted == 1 else { throw LeaseError.taskLost(run: run, activityID: task.activityID) }
        }
        for (attempt, event) in failedAttempts { try attempt.insertUnlessCompleted(by: event, of: run, on: connection) }
        try Inbox.remove(consumedInbox, on: connection)
        try History.append(entries, to: run, from: firstSequence, at: time, on: connection)
        if let closing {
            try close(closing, on: connection)
        } else {
            try follow(for: session, on: connection)
        }
    }

    private func follow(for session: String, on connection: any SQLConnection) throws {
        for task in newTasks { try insert(task, for: session, on: connection) }
        for id in cancelledTasks { try cancel(id, on: connection) }
        for timer in newTimers {
            try connection.execute(
                "INSERT INTO workflow_timers (run, timer_id, due_at) VALUES (\(run), \(timer.id), \(timer.dueAt))")
        }
        for id in cancelledTimers {
            try connection.execute("DELETE FROM workflow_timers WHERE run = \(run) AND timer_id = \(id)")
        }
        for child in newChildren { try start(child, on: connection) }
        for id in cancelledChildren { try cancelChild(id, on: connection) }
        if let progress {
            try connection.execute(
                "UPDATE workflow_runs SET step = \(progress.step), progress = \(progress.progress) WHERE id = \(run)")
        }
        if clearsLoss { try connection.execute("UPDATE workflow_runs SET lost = 0 WHERE id = \(run)") }
    }

    private func insert(_ task: NewTask, for session: String, on connection: any SQLConnection) throws {
        let command = task.command
        let options = command.overridesOptions ? try JSONText.encode(command.options) : nil
        let state = task.isLeased ? TaskState.running : .queued
        try connection.execute(
            """
            INSERT INTO activity_tasks (
                run, activity_id, name, queue, priority, fairness_key, sequence, state, expires_at, attempt, token,
                session, options, scheduled_at, started_at)
            VALUES (
                \(run), \(command.id), \(command.name), \(command.options.taskQueue.rawValue), \(priority),
                \(fairnessKey), \(task.sequence), \(state.rawValue), \(task.expiresAt), \(task.isLeased ? 1 : 0), 1,
                \(task.isLeased ? session : nil), \(options), \(time), \(task.isLeased ? time : nil))
            """)
    }

    /// What is not running is over at once; what runs is asked to stop and ends by itself.
    private func cancel(_ id: String, on connection: any SQLConnection) throws {
        let deleted = try connection.execute(
            "DELETE FROM activity_tasks WHERE run = \(run) AND activity_id = \(id) AND state <> 2")
        if deleted == 1 {
            try Inbox.post(.activityCancelled(id: id), to: run, on: connection)
        } else {
            try connection.execute(
                "UPDATE activity_tasks SET cancel_requested = 1 WHERE run = \(run) AND activity_id = \(id)")
        }
    }

    private func start(_ child: RunAdmission, on connection: any SQLConnection) throws {
        guard try !child.insert(on: connection), let childID = child.parent?.childID else { return }
        let failure = WorkflowFailure(
            kind: WorkflowFailure.Kind.childExists,
            message: "A workflow with the id \(child.workflowID) exists already.")
        try Inbox.post(.childFailed(id: childID, failure: failure), to: run, on: connection)
    }

    private func cancelChild(_ id: WorkflowID, on connection: any SQLConnection) throws {
        let row = try connection.first(
            "SELECT id FROM workflow_runs WHERE workflow_id = \(id.rawValue) AND state <> 4 AND parent = \(run)")
        guard let row else { return }
        try Inbox.post(
            .cancelRequested(reason: "its parent was cancelled"), to: try row.integer("id"), on: connection)
    }

    private func close(_ closing: Closing, on connection: any SQLConnection) throws {
        let percent = closing.status == .completed ? 100 : progress?.progress
        try connection.execute(
            """
            UPDATE workflow_runs SET state = 4, session = NULL, status = \(closing.status.rawValue),
                result = \(closing.result?.bytes), failure = \(try closing.failure.map { try JSONText.encode($0) }),
                closed_at = \(time), deadline_at = NULL, problem = NULL,
                step = COALESCE(\(progress?.step), step), progress = COALESCE(\(percent), progress)
            WHERE id = \(run)
            """)
        if hasOpenTasks {
            try AttemptRecord.insertRunning(of: .run(run), as: .cancelled, at: time, on: connection)
            try connection.execute("DELETE FROM activity_tasks WHERE run = \(run)")
        }
        if hasOpenTimers { try connection.execute("DELETE FROM workflow_timers WHERE run = \(run)") }
        for id in cancelledChildren { try cancelChild(id, on: connection) }
        if let parent { try report(closing, to: parent, on: connection) }
    }

    private func report(
        _ closing: Closing, to parent: RunAdmission.Parent, on connection: any SQLConnection
    ) throws {
        let event: WorkflowEvent =
            switch closing.status {
            case .completed: .childCompleted(id: parent.childID, result: closing.result ?? .empty)
            case .cancelled: .childCancelled(id: parent.childID)
            case .failed, .timedOut, .running:
                .childFailed(
                    id: parent.childID,
                    failure: closing.failure
                        ?? WorkflowFailure(
                            kind: closing.status.rawValue, message: "The child workflow did not complete."))
            }
        let isOpen = try connection.first("SELECT id FROM workflow_runs WHERE id = \(parent.run) AND state <> 4") != nil
        if isOpen { try Inbox.post(event, to: parent.run, on: connection) }
    }
}
