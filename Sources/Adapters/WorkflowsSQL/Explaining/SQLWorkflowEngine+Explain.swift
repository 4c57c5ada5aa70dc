import Concurrency
import Database
public import Workflows

extension SQLWorkflowEngine {
    /// Says in a sentence why a job is where it is; nil when there is none of that id.
    ///
    /// Of one moment, and with a bounded cost: places beyond a thousand are not counted.
    public func explain(_ id: WorkflowID) async throws -> WorkflowExplanation? {
        let now = clock.now.microseconds
        return try await database.read { connection in
            try ExplainedRun(id, at: now, on: connection)?.explanation(on: connection)
        }
    }
}
