package import Database
import Workflows

/// Times the claims of a worker, for the benchmark.
package enum ClaimProbe {
    /// How many rows each claim takes.
    package static let count = 32
    private static let session = "probe"

    /// Claims runs and activities of the queue `default` inside the caller's transaction, which it leaves claimed.
    package static func measure(on connection: any SQLConnection) throws -> (runs: Duration, activities: Duration) {
        var turns = TurnOrder()
        let start = ContinuousClock.now
        _ = try ClaimedRun.claim(count, for: session, &turns, on: connection)
        let middle = ContinuousClock.now
        _ = try ClaimedTask.claim(count, of: .default, for: session, at: 0, &turns, on: connection)
        return (middle - start, .now - middle)
    }
}
