import Concurrency

/// How often, and after which pauses, a transaction is run again.
///
/// Pauses double up to a tenth of a second and are drawn at random below that (full jitter), so that transactions which
/// were in each other's way do not meet again.
///
/// - SeeAlso: Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
struct TransactionRetries {
    /// A connection that breaks again right after it was made says that the server is in trouble.
    private static let connectionLimit = 2
    private static let longestPause = 0.1

    private let end: ContinuousClock.Instant
    private let random: () -> Double
    private var conflicts = 0
    private var lostConnections = 0

    /// - Parameter random: 0 up to 1.
    init(patience: Duration, random: @escaping () -> Double = { Double.random(in: 0..<1) }) {
        end = .now + patience
        self.random = random
    }

    /// How long to wait before the next try; nil when there is to be none.
    mutating func pause(after failure: TransactionFailure) -> Duration? {
        guard ContinuousClock.now < end else { return nil }
        switch failure {
        case .noConnection, .final: return nil
        case .connectionLost:
            lostConnections += 1
            return lostConnections <= Self.connectionLimit ? .zero : nil
        case .conflict:
            conflicts += 1
            let ceiling = min(Self.longestPause, 0.001 * Double(1 << min(conflicts, 10)))
            return .seconds(ceiling * random())
        }
    }
}
