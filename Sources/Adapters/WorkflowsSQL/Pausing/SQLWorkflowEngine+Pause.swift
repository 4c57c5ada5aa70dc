import Concurrency
import Database
public import Workflows

extension SQLWorkflowEngine {
    /// Pauses a job and its children.
    public func pause(
        _ id: WorkflowID, by operatorName: String?, reason: String?
    ) async throws -> InterventionOutcome {
        let now = clock.now.microseconds
        return try await write { connection in
            // Whoever holds the run is kept from beginning anything with its next commit: it must look first.
            try QueueRules.announceChange(on: connection)
            guard let run = try EndedRun.find(id, on: connection) else { return .notFound }
            if run.isClosed { return .refused("It has ended; there is nothing to pause.") }
            guard try Pause.begin(run.id, at: now, by: operatorName, reason: reason, on: connection) else {
                return .refused("It is paused already.")
            }
            for child in try Pause.openChildren(of: run.id, on: connection) {
                _ = try Pause.begin(child, at: now, by: operatorName, reason: reason, on: connection)
            }
            return .done("It is paused: what runs may end, and nothing new begins until it is resumed.")
        }
    }

    /// Lets a paused job and its children go on.
    public func resume(_ id: WorkflowID) async throws -> InterventionOutcome {
        let now = clock.now.microseconds
        // Its activities wait in their queues from then on, and no worker knows that they do.
        defer { wake(forBacklogOf: nil) }
        return try await write { connection in
            guard let run = try EndedRun.find(id, on: connection) else { return .notFound }
            if run.isClosed { return .refused("It has ended; there is nothing to resume.") }
            guard try Pause.liftWithChildren(run.id, at: now, on: connection) else {
                return .refused("It is not paused.")
            }
            return .done("It goes on.")
        }
    }
}
