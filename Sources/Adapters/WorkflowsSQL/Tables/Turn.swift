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
        /// As JSON, when the call gave options of its own.
        let options: String?
        /// Leased at once by the worker that writes it, instead of waiting in the queue.
        var isLeased: Bool
        /// Put aside at once, because its job was paused meanwhile.
        var isPaused = false
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
    /// The signals that the run waits for from now on, if they are others than before.
    var awaitedSignals: [String]?
    var closing: Closing?
    var parent: RunAdmission.Parent?
    /// Whether the run got on although its holders died in it before.
    var clearsLoss = false
    /// What is open besides `newTasks`, so that closing need not look where nothing is.
    var hasOpenTasks = false
    var hasOpenTimers = false

    /// What is left to do after ``TurnBatch`` has written what needs no answer.
    func follow(on connection: any SQLConnection) throws {
        if closing == nil {
            for id in cancelledTasks { try cancel(id, on: connection) }
            for child in newChildren { try start(child, on: connection) }
        }
        for (attempt, event) in failedAttempts { try attempt.insertUnlessCompleted(by: event, of: run, on: connection) }
        for id in cancelledChildren { try cancelChild(id, on: connection) }
        if closing == nil, let awaitedSignals {
            let names = awaitedSignals.isEmpty ? nil : try JSONText.encode(awaitedSignals)
            try connection.execute("UPDATE workflow_runs SET awaited_signals = \(names) WHERE id = \(run)")
        }
        if let closing, let parent { try report(closing, to: parent, on: connection) }
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
            "SELECT id FROM workflow_runs WHERE workflow_id = \(id.rawValue) AND state NOT IN (4, 7) AND parent = \(run)"
        )
        guard let row else { return }
        try Inbox.post(
            .cancelRequested(reason: "its parent was cancelled"), to: try row.integer("id"), on: connection)
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
        let isOpen =
            try connection.first("SELECT id FROM workflow_runs WHERE id = \(parent.run) AND state NOT IN (4, 7)") != nil
        if isOpen { try Inbox.post(event, to: parent.run, on: connection) }
    }
}
