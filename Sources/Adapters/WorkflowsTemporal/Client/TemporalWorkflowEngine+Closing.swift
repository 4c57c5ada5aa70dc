import Concurrency
public import Database
public import Workflows

extension TemporalWorkflowEngine {
    /// Calls `body` in the transaction that notes a workflow's end here; the server has ended it just before.
    ///
    /// A program that dies in between loses nothing: ``TemporalReconciler`` finds the end on the server.
    public func whenClosed(
        if isWanted: @escaping @Sendable (any SQLConnection) throws -> Bool,
        _ body: @escaping @Sendable (WorkflowDescription, any SQLConnection) throws -> Void
    ) {
        closingHooks.withLock { $0.append(ClosingHook(isWanted: isWanted, body: body)) }
    }

    /// Notes how a workflow ended in a transaction of its own, and tells who waits for it here.
    func note(_ ending: WorkflowRows.Ending, of id: WorkflowID) async throws {
        try await write { [self] in try note(ending, of: id, on: $0) }
        bulletin.watchers.announce(id)
    }

    /// Notes how a workflow ended, once, and tells who wants to know; nothing for one that was not admitted here.
    func note(_ ending: WorkflowRows.Ending, of id: WorkflowID, on connection: any SQLConnection) throws {
        guard try WorkflowRows.close(id.rawValue, ending, on: connection) else { return }
        for hook in closingHooks.withLock({ $0 }) where try hook.isWanted(connection) {
            if let row = try WorkflowRows.find(id, on: connection) { try hook.body(row.description, connection) }
        }
    }
}
