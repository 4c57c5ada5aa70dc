import FoundationEssentials
import GRPCClient
public import Workflows

extension TemporalWorkflowEngine {
    private static let familyDepth = 20

    /// Pauses a job and its children on the server, from where Temporal's own tools may resume them.
    ///
    /// The server must know how: Temporal 1.32 with `frontend.WorkflowPauseEnabled`.
    public func pause(
        _ id: WorkflowID, by operatorName: String?, reason: String?
    ) async throws -> InterventionOutcome {
        switch try await standing(of: id) {
        case .notFound: return .notFound
        case .away: return .refused("It has not reached Temporal yet; try again in a moment.")
        case .closed: return .refused("It has ended; there is nothing to pause.")
        case .paused: return .refused("It is paused already.")
        case .running: break
        }
        do {
            for member in [id] + (try await openChildren(of: id)) {
                var request = pauseRequest(member, reason)
                request.identity = operatorName ?? cluster.identity
                try await tell("PauseWorkflowExecution", request)
            }
        } catch let error as GRPCError where error.isLackOfPause {
            return .refused(
                "This Temporal does not pause workflows; it takes server 1.32 or later with "
                    + "frontend.WorkflowPauseEnabled set, or pause the task queue instead.")
        }
        return .done("It is paused: what runs may end, and nothing new begins until it is resumed.")
    }

    /// Lets a paused job and its children go on.
    public func resume(_ id: WorkflowID) async throws -> InterventionOutcome {
        switch try await standing(of: id) {
        case .notFound: return .notFound
        case .closed: return .refused("It has ended; there is nothing to resume.")
        case .running, .away: return .refused("It is not paused.")
        case .paused: break
        }
        // Children first: once the job itself goes on, a repeat of this call would look at nothing.
        for member in (try await openChildren(of: id)).reversed() + [id] {
            try await tell("UnpauseWorkflowExecution", pauseRequest(member, nil))
        }
        return .done("It goes on.")
    }

    private func pauseRequest(_ id: WorkflowID, _ reason: String?) -> WirePauseWorkflow {
        WirePauseWorkflow(
            namespace: cluster.namespace, workflowID: id.rawValue, identity: cluster.identity, reason: reason ?? "",
            requestID: UUID().uuidString)
    }

    private func tell(_ method: String, _ request: WirePauseWorkflow) async throws {
        do {
            let _: WireNothing = try await cluster.call(method, request)
        } catch let error as GRPCError where error.code == .failedPrecondition || error.code == .notFound {
            // A child that is there already, or has ended meanwhile.
        }
    }

    /// The children of a workflow that have not ended, and theirs.
    func openChildren(of id: WorkflowID) async throws -> [WorkflowID] {
        var (found, generation): ([WorkflowID], [WorkflowID]) = ([], [id])
        for _ in 0..<Self.familyDepth where !generation.isEmpty {
            var next: [WorkflowID] = []
            for parent in generation {
                next += (try await onServer(parent))?.pendingChildren.map { WorkflowID(recorded: $0.workflowID) } ?? []
            }
            found += next
            generation = next
        }
        return found
    }

    /// Where a workflow stands, as far as it may be intervened in.
    private enum Standing { case notFound, away, running, paused, closed }

    private func standing(of id: WorkflowID) async throws -> Standing {
        guard let job = try await describe(id) else { return .notFound }
        if job.status.isClosed { return .closed }
        if job.pause != nil { return .paused }
        return try await onServer(id) == nil ? .away : .running
    }
}

extension GRPCError {
    /// Whether the server does not know how to pause workflows, or was not told to.
    fileprivate var isLackOfPause: Bool {
        code == .unimplemented || message.contains("pause is not enabled")
    }
}
