/// How a workflow is started.
public struct StartOptions: Sendable, Equatable {
    /// Whose job it is; queues are shared fairly between owners.
    public var owner: String?
    /// 1 is served first, 5 last; within a priority the oldest first.
    public var priority: Int
    /// The most the whole run may take, waiting included; nil for no limit.
    public var workflowTimeout: Duration?
    /// What lists and consoles show beside it: `studio`, `job_id`.
    ///
    /// No secrets.
    public var memo: [String: String]
    /// Fields on every line that its activities log: `request_id`.
    public var logContext: [String: String]

    /// Creates options.
    public init(
        owner: String? = nil, priority: Int = 3, workflowTimeout: Duration? = nil, memo: [String: String] = [:],
        logContext: [String: String] = [:]
    ) {
        self.owner = owner
        self.priority = min(max(priority, 1), 5)
        self.workflowTimeout = workflowTimeout
        self.memo = memo
        self.logContext = logContext
    }
}

/// What became of a start.
public enum StartOutcome: Sendable, Equatable {
    case started
    /// A workflow of this id is there, running or closed; nothing was changed.
    case alreadyExists
}

/// What became of a request to a workflow.
public enum RequestOutcome: Sendable, Equatable {
    /// It is on record and reaches the workflow.
    case accepted
    /// The workflow has already ended; nothing was changed.
    case alreadyClosed
    case notFound
}

/// What became of a release.
public enum ReleaseOutcome: Sendable, Equatable {
    /// What was parked is tried again, from the first loss on.
    case released
    /// Nothing of it was parked; nothing was changed.
    case notParked
    case notFound
}
