package import Database

/// Somebody who is told of workflows that end, in the transaction that notes their end.
package struct ClosingHook: Sendable {
    /// Asked once in such a transaction, before anything is read.
    package let isWanted: @Sendable (any SQLConnection) throws -> Bool
    /// Told of each.
    package let body: @Sendable (WorkflowDescription, any SQLConnection) throws -> Void

    /// Creates the hook.
    package init(
        isWanted: @escaping @Sendable (any SQLConnection) throws -> Bool,
        body: @escaping @Sendable (WorkflowDescription, any SQLConnection) throws -> Void
    ) {
        self.isWanted = isWanted
        self.body = body
    }
}
