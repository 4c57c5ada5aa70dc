import Concurrency
public import Database
public import Workflows

extension ClosingHook {
    /// Tells `hooks` of the runs, children excepted, that `batch` has ended.
    /// - Returns: Whether somebody was told, and so may have started workflows.
    static func tell(_ hooks: [ClosingHook], of batch: [Change], on connection: any SQLConnection) throws -> Bool {
        let runs = hooks.isEmpty ? [] : batch.compactMap(\.endedRun)
        guard !runs.isEmpty else { return false }
        var isTold = false
        for hook in hooks where try hook.isWanted(connection) {
            for run in runs {
                let columns = SQLWorkflowEngine.columns
                let row = try connection.first("SELECT \(unsafe: columns) FROM workflow_runs WHERE id = \(run)")
                isTold = true
                if let row { try hook.body(try SQLWorkflowEngine.description(of: row), connection) }
            }
        }
        return isTold
    }
}

extension Change {
    /// The run that it ends, unless it is part of another.
    fileprivate var endedRun: Int? {
        guard case .turn(let turn) = self, turn.closing != nil, turn.parent == nil else { return nil }
        return turn.run
    }
}

extension SQLWorkflowEngine {
    /// Calls `body` in the transaction that ends a run.
    public func whenClosed(
        if isWanted: @escaping @Sendable (any SQLConnection) throws -> Bool,
        _ body: @escaping @Sendable (WorkflowDescription, any SQLConnection) throws -> Void
    ) {
        closingHooks.withLock { $0.append(ClosingHook(isWanted: isWanted, body: body)) }
    }
}
