import Concurrency
public import Database
import FoundationEssentials
import GRPCClient
public import Workflows

extension TemporalWorkflowEngine {
    /// Begins waiting attempts now, or makes a failed run go on from before the failure.
    ///
    /// A waiting activity has all its attempts again. A failed run is reset on the server, to the last workflow task
    /// before what is taken back: it gets a new run there, and the old one stays to be looked at.
    public func retry(_ id: WorkflowID, from activity: String? = nil) async throws -> InterventionOutcome {
        guard let job = try await describe(id) else { return .notFound }
        guard job.status.isClosed else { return try await hurry(job) }
        if let refusal = try await refusal(of: job) { return .refused(refusal) }
        do {
            let events = try await cluster.history(of: execution(id))
            let point = ReopeningPoint(status: job.status, failure: job.failure, from: activity)
            let plan = try ReopeningPlan(events, point)
            let request = try await resetRequest(id, plan)
            try await write { [self] in try reopen(job, request, on: $0) }
            return .done("It goes on; \(plan.kept) finished \(plan.kept == 1 ? "step is" : "steps are") kept.")
        } catch let refusal as ReopeningRefused {
            return .refused(refusal.reason)
        } catch let error as GRPCError where error.code == .notFound {
            return .refused("Temporal no longer has its history; start a new one instead.")
        }
    }

    /// Calls `body` in the transaction that reopens a run.
    public func whenReopened(_ body: @escaping @Sendable (WorkflowDescription, any SQLConnection) throws -> Void) {
        reopeningHooks.withLock { $0.append(body) }
    }

    private func refusal(of job: WorkflowDescription) async throws -> String? {
        switch job.status {
        case .completed: return "It completed; there is nothing to retry."
        case .cancelled: return "It was cancelled; start a new one instead."
        case .failed, .timedOut, .running: break
        }
        if let parent = try await onServer(job.id)?.info?.parent?.workflowID, !parent.isEmpty {
            return "It is a child of \(parent); retry that one."
        }
        let isKnown = try await database.read { try WorkflowRows.find(job.id, on: $0) } != nil
        return isKnown ? nil : "It was not started here; reset it with Temporal's own tools."
    }

    private func resetRequest(_ id: WorkflowID, _ plan: ReopeningPlan) async throws -> WireReset {
        let run = try await onServer(id)?.info?.execution
        return WireReset(
            namespace: cluster.namespace,
            execution: WireExecution(workflowID: id.rawValue, runID: run?.runID ?? ""), reason: "retry",
            finishEventID: plan.finishEvent, requestID: UUID().uuidString, identity: cluster.identity)
    }

    /// Opens the row and leaves the reset for the dispatcher: either both are there or neither.
    private func reopen(_ job: WorkflowDescription, _ request: WireReset, on connection: any SQLConnection) throws {
        let changed = try connection.execute(
            """
            UPDATE temporal_workflows SET status = 'running', result = NULL, failure = NULL, closed_at = NULL,
                reopenings = reopenings + 1, is_dispatched = 0, reopened_run = \(request.execution?.runID)
            WHERE workflow_id = \(job.id.rawValue) AND status = \(job.status.rawValue)
                AND reopenings = \(job.reopenings)
            """)
        guard changed == 1 else { throw ReopeningRefused("Somebody else has just made it go on.") }
        try Outbox.post(.reset, request.protoBytes, to: job.id, on: connection)
        guard let reopened = try WorkflowRows.find(job.id, on: connection)?.description else { return }
        for hook in reopeningHooks.withLock({ $0 }) { try hook(reopened, connection) }
    }

    /// Lets waiting attempts begin at once.
    private func hurry(_ job: WorkflowDescription) async throws -> InterventionOutcome {
        if job.pause != nil { return .refused("It is paused; resume it.") }
        let waiting = job.pendingActivities.filter { $0.state == .backoff }
        guard !waiting.isEmpty else {
            return .refused("It has not failed, and nothing of it waits for a further attempt.")
        }
        for activity in waiting {
            let request = WireResetActivity(
                namespace: cluster.namespace, execution: execution(job.id), identity: cluster.identity,
                activityID: activity.id)
            do {
                let _: WireNothing = try await cluster.call("ResetActivity", request)
            } catch let error as GRPCError where error.code == .notFound {
                // It has just ended.
            }
        }
        return .done("\(waiting.count) waiting \(waiting.count == 1 ? "attempt begins" : "attempts begin") now.")
    }
}
