import Concurrency
import Observability

/// How long transactions take, and how often others were in their way.
final class PoolMeasurements: Sendable {
    private static let bounds = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5]

    private let reads: Histogram
    private let commits: Histogram
    private let writes: Counter
    private let conflicts: Counter
    private let losses: Counter
    private let open = Locked(0)

    init(_ metrics: Metrics) {
        reads = metrics.histogram(
            "atelier_database_read_seconds", help: "Time of read transactions.", buckets: Self.bounds)
        commits = metrics.histogram(
            "atelier_database_commit_seconds", help: "Time of write transactions, with every try.",
            buckets: Self.bounds)
        writes = metrics.counter("atelier_database_writes_total", help: "Write transactions that were committed.")
        conflicts = metrics.counter(
            "atelier_database_conflicts_total", help: "Tries of transactions that others were in the way of.")
        losses = metrics.counter(
            "atelier_database_connections_lost_total", help: "Connections that broke or could not be made.")
    }

    var openConnections: Int { open.withLock { $0 } }
    func connected() { open.withLock { $0 += 1 } }
    func disconnected() { open.withLock { $0 -= 1 } }

    func succeeded(_ access: TransactionAccess, after time: Duration) {
        switch access {
        case .reading: reads.observe(time.seconds)
        case .writing:
            commits.observe(time.seconds)
            writes.increment()
        }
    }

    func failed(_ failure: TransactionFailure) {
        switch failure {
        case .conflict: conflicts.increment()
        case .noConnection, .connectionLost: losses.increment()
        case .final: break
        }
    }
}
