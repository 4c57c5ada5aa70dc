import Concurrency
import Glibc
import Observability

/// Keeps a connection to the server and runs transactions on it, again where that can help.
///
/// It stays on the thread of its ``PooledConnection`` and may block it.
final class ConnectionKeeper {
    private let driver: any ServerDriver
    private let limits: PoolLimits
    private let measurements: PoolMeasurements
    private let log: Logger
    private var connection: (any ServerConnection)?
    private var lastUse = ContinuousClock.now
    private var wasUsed = false
    private var isReading = false

    init(_ driver: any ServerDriver, _ limits: PoolLimits, _ measurements: PoolMeasurements, _ log: Logger) {
        self.driver = driver
        self.limits = limits
        self.measurements = measurements
        self.log = log
    }

    /// Runs `body` in a transaction and returns once it is durable; after one that reads call ``endReading()``.
    func transaction<Value>(
        _ access: TransactionAccess, _ body: (any SQLConnection) throws -> Value
    ) throws -> Value {
        var retries = TransactionRetries(patience: limits.patience)
        let start = ContinuousClock.now
        while true {
            do throws(TransactionFailure) {
                let value = try attempt(access, body)
                measurements.succeeded(access, after: .now - start)
                return value
            } catch {
                measurements.failed(error)
                guard let pause = retries.pause(after: error) else { throw error.cause }
                usleep(UInt32(pause.seconds * 1_000_000))
            }
        }
    }

    /// Ends the transaction that read last.
    func endReading() {
        guard isReading else { return }
        isReading = false
        // A failure has no meaning for what was read; the next use of the connection would find it broken.
        do { try connection?.commit() } catch { drop() }
    }

    func closeIfUnused() {
        if !wasUsed { drop() }
        wasUsed = false
    }

    func close() { drop() }

    private func attempt<Value>(
        _ access: TransactionAccess, _ body: (any SQLConnection) throws -> Value
    ) throws(TransactionFailure) -> Value {
        let connection = try usable()
        let transaction = Transaction(on: connection)
        defer { transaction.end() }
        do {
            try connection.begin(access)
            let value = try body(transaction)
            if let failure = transaction.failure { throw failure }
            if access == .writing { try transaction.commit() } else { isReading = true }
            lastUse = .now
            return value
        } catch {
            let failure = TransactionFailure(error, of: transaction, on: connection)
            abandon(connection)
            throw failure
        }
    }

    private func abandon(_ connection: any ServerConnection) {
        guard !connection.isBroken else { return drop() }
        do { try connection.rollback() } catch { drop() }
        if connection.isBroken { drop() }
        lastUse = .now
    }

    /// The connection, checked when it was not used for a while, or a new one.
    private func usable() throws(TransactionFailure) -> any ServerConnection {
        wasUsed = true
        if let connection, ContinuousClock.now - lastUse > limits.checkAfter {
            // Only whether it works is asked: the cause is in the way of nobody once there is a new one.
            do { try connection.ping() } catch { drop() }
            if connection.isBroken { drop() }
        }
        if let connection { return connection }
        do {
            let made = try driver.connect()
            measurements.connected()
            connection = made
            return made
        } catch {
            log.warning("no connection to the database", ["error": .text(String(describing: error))])
            throw .noConnection(error)
        }
    }

    private func drop() {
        guard let connection else { return }
        self.connection = nil
        isReading = false
        connection.close()
        measurements.disconnected()
    }
}
