public import FoundationEssentials

/// Where a workflow stands.
public enum WorkflowStatus: String, Codable, Sendable, CaseIterable {
    case running, completed, failed, cancelled, timedOut

    /// Whether it has ended.
    public var isClosed: Bool { self != .running }
}

/// Everything an engine knows about a workflow, for clients, consoles and sweeps.
public struct WorkflowDescription: Sendable, Equatable {
    /// The id of the job.
    public var id: WorkflowID
    /// The execution.
    public var runID: RunID
    /// The workflow's name.
    public var workflow: String
    /// Where it stands.
    public var status: WorkflowStatus
    /// The step last reported; empty before the first report.
    public var step: String
    /// Percent, 0 to 100.
    public var progress: Int
    /// Its output, once completed.
    public var result: Payload?
    /// Why it failed.
    public var failure: WorkflowFailure?
    /// Why it cannot go on although it is running: a non-determinism, no worker knows it, or it killed its workers.
    ///
    /// For operators.
    public var problem: String?
    /// Whose job it is.
    public var owner: String?
    /// What was given at its start.
    public var memo: [String: String]
    /// When it was admitted.
    public var startedAt: Date
    /// When it ended.
    public var closedAt: Date?
    /// How often it was reopened after it had ended.
    public var reopenings: Int
    /// Since when, and why, it is paused; nil when it is not.
    public var pause: WorkflowPause?
    /// What it waits for.
    ///
    /// Lists leave it empty.
    public var pendingActivities: [PendingActivity]

    /// Creates a description; for engines.
    public init(
        id: WorkflowID, runID: RunID, workflow: String, status: WorkflowStatus, step: String, progress: Int,
        result: Payload?, failure: WorkflowFailure?, problem: String?, owner: String?, memo: [String: String],
        startedAt: Date, closedAt: Date?, reopenings: Int = 0, pause: WorkflowPause? = nil,
        pendingActivities: [PendingActivity] = []
    ) {
        self.id = id
        self.runID = runID
        self.workflow = workflow
        self.status = status
        self.step = step
        self.progress = progress
        self.result = result
        self.failure = failure
        self.problem = problem
        self.owner = owner
        self.memo = memo
        self.startedAt = startedAt
        self.closedAt = closedAt
        self.reopenings = reopenings
        self.pause = pause
        self.pendingActivities = pendingActivities
    }
}

/// Why a job stands still until somebody resumes it.
public struct WorkflowPause: Sendable, Equatable {
    /// Since when.
    public var since: Date
    /// Who paused it, if that is known.
    public var by: String?
    /// What for.
    public var reason: String?

    /// Creates a description; for engines.
    public init(since: Date, by: String?, reason: String?) {
        self.since = since
        self.by = by
        self.reason = reason
    }
}

/// An activity that has not ended.
public struct PendingActivity: Sendable, Equatable {
    /// What it is doing.
    public enum State: String, Codable, Sendable {
        case queued, backoff, running, cancelling
        /// Its worker died in it too often; it waits for somebody to release it.
        case parked
    }

    /// Its id within the run.
    public var id: String
    /// The activity's name.
    public var activity: String
    /// The queue it waits in.
    public var taskQueue: TaskQueue
    /// What it is doing.
    public var state: State
    /// Attempts begun so far.
    public var attempt: Int
    /// When the next attempt may begin, while in backoff.
    public var nextAttemptAt: Date?
    /// Why the last attempt failed.
    public var lastFailure: WorkflowFailure?

    /// Creates a description; for engines.
    public init(
        id: String, activity: String, taskQueue: TaskQueue, state: State, attempt: Int, nextAttemptAt: Date?,
        lastFailure: WorkflowFailure?
    ) {
        self.id = id
        self.activity = activity
        self.taskQueue = taskQueue
        self.state = state
        self.attempt = attempt
        self.nextAttemptAt = nextAttemptAt
        self.lastFailure = lastFailure
    }
}

/// One page of a list.
public struct WorkflowPage: Sendable, Equatable {
    /// The workflows, newest first.
    public var workflows: [WorkflowDescription]
    /// What to pass as ``WorkflowFilter/after`` for the next page; nil at the end.
    public var next: String?

    /// Creates a page.
    public init(workflows: [WorkflowDescription], next: String?) {
        self.workflows = workflows
        self.next = next
    }
}
