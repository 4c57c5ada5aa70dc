/// A transaction that waits for a connection, with its caller.
struct PendingTransaction: Sendable {
    /// Runs it and answers its caller.
    let run: @Sendable (ConnectionKeeper) -> Void
    /// Answers without having run.
    let refuse: @Sendable (DatabaseError) -> Void

    init<Value: Sendable>(
        _ access: TransactionAccess, _ body: @escaping @Sendable (any SQLConnection) throws -> Value,
        _ continuation: CheckedContinuation<Value, any Error>
    ) {
        refuse = { continuation.resume(throwing: $0) }
        run = { keeper in
            let result = Result { try keeper.transaction(access, body) }
            continuation.resume(with: result)
            // After the answer: what was read is known, and its caller need not wait for a round trip more.
            keeper.endReading()
        }
    }
}
