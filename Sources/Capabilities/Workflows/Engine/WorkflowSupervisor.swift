public import Database

/// The operator's side of durable execution: looks into jobs and puts them back on their way.
public protocol WorkflowSupervisor: WorkflowEngine {
    /// What happened to a workflow, oldest first; nil when there is none of that id.
    /// - Parameters:
    ///   - after: ``WorkflowTimeline/next`` of the page before; 0 for the first.
    ///   - limit: Entries a page, 1 to ``WorkflowTimeline/maximumPage``.
    func timeline(of id: WorkflowID, after: Int, limit: Int) async throws -> WorkflowTimeline?

    /// Lets a job go on that waits for its next attempt, or has failed.
    ///
    /// A waiting attempt begins now. A failed run is reopened: it goes on from before the failure that ended it, and
    /// what it had finished is kept. Failed children go on with it.
    /// - Parameter activity: Instead of the failure, the activity whose end is taken back: `RenderPictures-1`.
    func retry(_ id: WorkflowID, from activity: String?) async throws -> InterventionOutcome

    /// Calls `body` in the transaction that reopens a run, so that a job's own record goes on with it.
    ///
    /// ``ReopeningRefused`` thrown by it refuses the reopening with its reason.
    func whenReopened(_ body: @escaping @Sendable (WorkflowDescription, any SQLConnection) throws -> Void)
}

/// What became of an operator's request.
public enum InterventionOutcome: Sendable, Equatable {
    /// It is done; one sentence that says what is true now.
    case done(String)
    /// There is no such job.
    case notFound
    /// The job is not in a state for it; one sentence that says why, and what to do instead.
    case refused(String)
}

/// A job's record does not let its run be reopened.
public struct ReopeningRefused: Error, Sendable, Equatable {
    /// One sentence for the operator.
    public let reason: String
    /// Creates the error.
    public init(_ reason: String) { self.reason = reason }
}
