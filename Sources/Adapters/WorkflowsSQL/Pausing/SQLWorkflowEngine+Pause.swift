import Concurrency
import Database
public import Workflows

extension SQLWorkflowEngine {
    /// How deep children of children are looked for.
    private static let familyDepth = 20

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
            for child in try Self.openChildren(of: run.id, on: connection) {
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
            guard try Pause.lift(run.id, at: now, on: connection) else { return .refused("It is not paused.") }
            for child in try Self.openChildren(of: run.id, on: connection) {
                try Pause.lift(child, at: now, on: connection)
            }
            return .done("It goes on.")
        }
    }

    /// The children of a run that have not ended, and theirs.
    private static func openChildren(of run: Int, on connection: any SQLConnection) throws -> [Int] {
        var (found, generation): ([Int], [Int]) = ([], [run])
        for _ in 0..<familyDepth where !generation.isEmpty {
            generation = try generation.flatMap { parent in
                // By way of the history: runs have no index on their parent, since few have one.
                try connection.query(
                    """
                    SELECT c.id FROM workflow_history h JOIN workflow_runs c ON c.workflow_id = h.detail
                    WHERE h.run = \(parent) AND h.kind = 'startChild' AND c.parent = \(parent) AND c.state <> 4
                    """
                ).map { try $0.integer("id") }
            }
            found += generation
        }
        return found
    }
}
