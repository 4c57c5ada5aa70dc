import Concurrency
import Database
import Workflows

/// The row with which a workflow begins.
struct RunAdmission: Sendable {
    struct Parent: Sendable {
        let run: Int
        let childID: String
    }

    var workflowID: WorkflowID
    var runID: RunID
    var workflow: String
    var input: Payload
    var options = StartOptions()
    var startedAt: Int
    var parent: Parent?

    /// - Returns: False when the id is already taken; nothing was changed then.
    func insert(on connection: any SQLConnection) throws -> Bool {
        let (ignore, conflict) =
            connection.dialect == .mysql ? ("IGNORE ", "") : ("", " ON CONFLICT (workflow_id) DO NOTHING")
        let memo = options.memo.isEmpty ? nil : try JSONText.encode(options.memo)
        let logContext = options.logContext.isEmpty ? nil : try JSONText.encode(options.logContext)
        let deadline = options.workflowTimeout.map { startedAt + $0.microseconds }
        let inserted = try connection.execute(
            """
            INSERT \(unsafe: ignore)INTO workflow_runs (
                workflow_id, run_id, workflow, input, owner, fairness_key, priority, memo, log_context, parent,
                parent_child, state, status, started_at, deadline_at, time_limit)
            VALUES (
                \(workflowID.rawValue), \(runID.rawValue), \(workflow), \(input.bytes), \(options.owner),
                \(options.owner ?? ""), \(options.priority), \(memo), \(logContext), \(parent?.run),
                \(parent?.childID), 0, 'running', \(startedAt), \(deadline),
                \(options.workflowTimeout?.microseconds))\(unsafe: conflict)
            """)
        return inserted == 1
    }
}
