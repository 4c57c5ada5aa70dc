public import Concurrency
public import Database
public import Observability

/// Forgets the answers of yesterday.
public struct IdempotencySweep: Service {
    /// `idempotency-sweep`.
    public let name = "idempotency-sweep"
    private let database: any Database
    private let clock: any WallClock
    private let logger: Logger

    /// Creates the sweep.
    public init(database: any Database, clock: any WallClock, logger: Logger) {
        self.database = database
        self.clock = clock
        self.logger = logger
    }

    /// Looks once an hour.
    public func run(until shutdown: ShutdownSignal) async throws {
        let watch = ClockWatch(clock)
        await shutdown.every(.seconds(3600), on: clock) {
            // A clock that was set forward makes every key old at once.
            guard watch.isTrusted else { return }
            let store = IdempotencyStore(now: clock.now)
            // In portions, so that no other writer waits for a long delete.
            while try await database.write({ try store.forgetOld(limit: 1000, in: $0) }) == 1000 {}
        } onFailure: { error in
            logger.warning("old idempotency keys could not be removed", ["cause": "\(error)"])
        }
    }
}
