import Concurrency
import Database
import Observability

/// How long transactions take, how many share a commit, and how often another writer was in the way.
struct SQLiteMeasurements: Sendable {
    private static let bounds = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5]

    private let reads: Histogram
    private let commits: Histogram
    private let writes: Counter
    private let lockWaits: Counter

    init(_ metrics: Metrics) {
        reads = metrics.histogram(
            "atelier_database_read_seconds", help: "Time of read transactions.", buckets: Self.bounds)
        commits = metrics.histogram(
            "atelier_database_commit_seconds", help: "Time of commits, each for one or more write transactions.",
            buckets: Self.bounds)
        writes = metrics.counter(
            "atelier_database_writes_total", help: "Write transactions that were committed or refused.")
        lockWaits = metrics.counter(
            "atelier_database_busy_total", help: "Commits given up because another program held the database.")
    }

    func read<Value>(_ body: () throws -> Value) rethrows -> Value {
        let start = ContinuousClock.now
        defer { reads.observe((ContinuousClock.now - start).seconds) }
        return try body()
    }

    func commit(of count: Int, _ body: () -> Void) {
        let start = ContinuousClock.now
        body()
        commits.observe((ContinuousClock.now - start).seconds)
        writes.increment(by: Double(count))
    }

    func groupFailed(_ error: any Error) {
        if case DatabaseError.busy = error { lockWaits.increment() }
    }
}
