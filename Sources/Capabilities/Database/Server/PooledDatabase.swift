public import Concurrency
public import Observability

/// A database on a server, reached over a bounded set of connections.
///
/// Each connection has a thread of its own, opens when there is work for it and closes when there has been none for a
/// while. Transactions wait in order for a free one, for a limited time. One that the server wants again (a
/// serialization failure, a deadlock) or whose connection broke before its commit is run again; one whose connection
/// broke during its commit fails as ``DatabaseError/unavailable(_:)``, since it may have been carried out.
public final class PooledDatabase: Database {
    /// How statements must be worded there.
    public let dialect: SQLDialect

    private let driver: any ServerDriver
    private let limits: PoolLimits
    private let clock: any WallClock
    private let queue: TransactionQueue
    private let connections: [PooledConnection]
    private let measurements: PoolMeasurements
    private let sweep: Task<Void, Never>

    /// Creates a pool; nothing connects yet.
    public init(
        _ driver: any ServerDriver, limits: PoolLimits = PoolLimits(), clock: any WallClock = SystemClock(),
        logger: Logger = .silent, metrics: Metrics = Metrics()
    ) {
        let count = max(1, limits.connections)
        let queue = TransactionQueue(workers: count, limit: limits.waiting)
        let measurements = PoolMeasurements(metrics)
        let log = logger.labelled("database")
        let connections = (0..<count).map { index in
            PooledConnection(index, ConnectionKeeper(driver, limits, measurements, log))
        }
        self.driver = driver
        self.limits = limits
        self.clock = clock
        self.queue = queue
        self.measurements = measurements
        self.connections = connections
        dialect = driver.dialect
        sweep = Self.sweeping(connections, every: limits.closeAfter, clock)
        metrics.onScrape { [weak self] in await self?.status().readings ?? [] }
    }

    deinit { sweep.cancel() }

    /// Runs `body` in a transaction that sees one state of the data and may change nothing.
    public func read<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Value
    ) async throws -> Value {
        try await transaction(.reading, body)
    }

    /// Runs `body` in a transaction that behaves as if it ran alone.
    @discardableResult
    public func write<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Value
    ) async throws -> Value {
        try await transaction(.writing, body)
    }

    /// What other processes send on `channel`, as far as the server carries words.
    public func notifications(on channel: String) -> AsyncStream<String>? { driver.notifications(on: channel) }

    /// What the connections are doing.
    public func status() async -> DatabaseStatus {
        let (busy, waiting) = queue.load
        return DatabaseStatus(connections: measurements.openConnections, busy: busy, waiting: waiting, bytes: nil)
    }

    /// Finishes what is running or waiting, and closes every connection.
    public func close() async {
        queue.close()
        sweep.cancel()
        driver.endNotifications()
        for connection in connections { await connection.finish(queue) }
    }
}

extension PooledDatabase {
    private func transaction<Value: Sendable>(
        _ access: TransactionAccess, _ body: @escaping @Sendable (any SQLConnection) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            add(PendingTransaction(access, body, continuation))
        }
    }

    private func add(_ transaction: PendingTransaction) {
        switch queue.add(transaction) {
        case .closed: transaction.refuse(.closed)
        case .full: transaction.refuse(.busy("\(limits.waiting) transactions wait for a connection already"))
        case .queued(let isFirst): if isFirst { limitWaiting() }
        case .wake(let worker):
            // Immediate: the hop to the connection's thread is the first thing that happens, without one to the pool.
            Task.immediate { [queue, connections] in await connections[worker].drain(queue) }
        }
    }

    /// Refuses what has waited for too long, until nothing waits.
    private func limitWaiting() {
        let message = "no connection was free for \(limits.patience); try again, or allow more connections"
        Task { [queue, clock, limits] in
            repeat {
                // Not cancelled by anybody; if it were, refusing a little early would be right too.
                try? await clock.sleep(for: limits.patience / TransactionQueue.ticksOfPatience)
                for late in queue.tick() { late.refuse(.busy(message)) }
            } while queue.mustTick()
        }
    }

    private static func sweeping(
        _ connections: [PooledConnection], every interval: Duration, _ clock: any WallClock
    ) -> Task<Void, Never> {
        Task {
            while !Task.isCancelled {
                do { try await clock.sleep(for: interval) } catch { return }
                for connection in connections { await connection.closeIfUnused() }
            }
        }
    }
}
