import Concurrency

/// One place in the pool: a thread, and a connection while there is use for one.
actor PooledConnection {
    private nonisolated let executor: ThreadExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
    private let index: Int
    private let keeper: ConnectionKeeper

    init(_ index: Int, _ keeper: sending ConnectionKeeper) {
        self.index = index
        self.keeper = keeper
        executor = ThreadExecutor(name: "database-\(index)")
    }

    func drain(_ queue: TransactionQueue) {
        while let transaction = queue.take(as: index) { transaction.run(keeper) }
    }

    func closeIfUnused() { keeper.closeIfUnused() }

    /// Does what still waits and closes the connection.
    func finish(_ queue: TransactionQueue) {
        drain(queue)
        keeper.close()
    }
}
