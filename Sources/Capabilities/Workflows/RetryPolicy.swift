import Concurrency

/// How a failed attempt is followed by the next: after `initialInterval`, then each time `coefficient` longer.
public struct RetryPolicy: Codable, Sendable, Equatable {
    /// The wait before the second attempt.
    public var initialInterval: Duration
    /// What each wait is multiplied by for the next.
    public var coefficient: Double
    /// The longest wait.
    public var maximumInterval: Duration
    /// Attempts in all; nil for as long as ``ActivityOptions/scheduleToClose`` allows.
    public var maximumAttempts: Int?
    /// The share of a wait that is random, 0 to 1, so that many retries do not come together.
    public var jitter: Double
    /// Failure kinds (``ActivityFailure/kind``) that end it at once.
    public var nonRetryableKinds: Set<String>

    /// Creates a policy.
    public init(
        initialInterval: Duration, coefficient: Double = 2, maximumInterval: Duration, maximumAttempts: Int?,
        jitter: Double = 0.2, nonRetryableKinds: Set<String> = []
    ) {
        self.initialInterval = initialInterval
        self.coefficient = coefficient
        self.maximumInterval = maximumInterval
        self.maximumAttempts = maximumAttempts
        self.jitter = jitter
        self.nonRetryableKinds = nonRetryableKinds
    }

    /// Work of this machine: quick tries, and enough of them that some may die with their process.
    public static let localWork = RetryPolicy(
        initialInterval: .milliseconds(200), maximumInterval: .seconds(10), maximumAttempts: 20)
    /// Object stores: patient, since they come back.
    public static let storage = RetryPolicy(
        initialInterval: .milliseconds(500), maximumInterval: .seconds(60), maximumAttempts: 20)
    /// Image providers: slower, since each try may cost.
    public static let imageProvider = RetryPolicy(
        initialInterval: .seconds(2), maximumInterval: .seconds(120), maximumAttempts: 8)
}

extension RetryPolicy {
    /// The wait after failed attempt number `attempt`, the first being 1.
    ///
    /// It grows as initialInterval x coefficient^(attempt - 1) up to `maximumInterval`; of that, the share `jitter` is
    /// taken times `random`, so the wait lies between (1 - jitter) of it and all of it.
    /// - Parameter random: 0 up to 1, from the engine's random numbers.
    public func delay(afterAttempt attempt: Int, random: Double) -> Duration {
        var seconds = initialInterval.seconds
        let longest = maximumInterval.seconds
        // Multiplied step by step and stopped at the longest wait: a power of a large attempt would overflow.
        var step = 1
        while step < attempt, seconds < longest, coefficient > 1 {
            seconds *= coefficient
            step += 1
        }
        seconds = min(seconds, longest)
        let share = min(max(jitter, 0), 1)
        return .microseconds(Int64(seconds * (1 - share * (1 - random)) * 1_000_000))
    }

    /// Whether `failure`, that of attempt number `attempt`, is followed by another attempt.
    public func allowsRetry(afterAttempt attempt: Int, kind: String) -> Bool {
        if let maximumAttempts, attempt >= maximumAttempts { return false }
        return !nonRetryableKinds.contains(kind)
    }
}
