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
    /// What it waits for.
    ///
    /// Lists leave it empty.
    public var pendingActivities: [PendingActivity]

    /// Creates a description; for engines.
    public init(
        id: WorkflowID, runID: RunID, workflow: String, status: WorkflowStatus, step: String, progress: Int,
        result: Payload?, failure: WorkflowFailure?, problem: String?, owner: String?, memo: [String: String],
        startedAt: Date, closedAt: Date?, pendingActivities: [PendingActivity] = []
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
        self.pendingActivities = pendingActivities
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

/// Which workflows a list shows, newest first.
public struct WorkflowFilter: Sendable, Equatable {
    /// Only these statuses; nil for all.
    public var status: WorkflowStatus?
    /// Only this workflow; nil for all.
    public var workflow: String?
    /// The cursor of the page before; nil for the first page.
    public var after: String?
    /// Rows a page, 1 to 200.
    public var limit: Int

    /// Creates a filter.
    public init(status: WorkflowStatus? = nil, workflow: String? = nil, after: String? = nil, limit: Int = 50) {
        self.status = status
        self.workflow = workflow
        self.after = after
        self.limit = min(max(limit, 1), 200)
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
