public import FoundationEssentials

/// Which workflows a list shows, newest first; every condition that is given must hold.
public struct WorkflowFilter: Sendable, Equatable {
    /// Only these statuses; nil for all.
    public var status: WorkflowStatus?
    /// Only this workflow; nil for all.
    public var workflow: String?
    /// Only jobs of this owner; nil for all.
    public var owner: String?
    /// Only those that failed with this kind of failure; nil for all.
    public var failureKind: String?
    /// Only those that were taken in at this time or later; nil for all.
    public var startedAfter: Date?
    /// Only those that were taken in before this time; nil for all.
    public var startedBefore: Date?
    /// Only those with an activity that waits or runs in this queue; nil for all.
    public var queue: TaskQueue?
    /// The cursor of the page before; nil for the first page.
    public var after: String?
    /// Rows a page, 1 to 200.
    public var limit: Int

    /// Creates a filter.
    public init(
        status: WorkflowStatus? = nil, workflow: String? = nil, owner: String? = nil, failureKind: String? = nil,
        startedAfter: Date? = nil, startedBefore: Date? = nil, queue: TaskQueue? = nil, after: String? = nil,
        limit: Int = 50
    ) {
        self.status = status
        self.workflow = workflow
        self.owner = owner
        self.failureKind = failureKind
        self.startedAfter = startedAfter
        self.startedBefore = startedBefore
        self.queue = queue
        self.after = after
        self.limit = min(max(limit, 1), 200)
    }

    /// Whether no condition is given.
    public var isEmpty: Bool {
        status == nil && workflow == nil && owner == nil && failureKind == nil && startedAfter == nil
            && startedBefore == nil && queue == nil
    }
}
