/// When the next attempt to connect may begin.
///
/// Attempts are never closer together than the pause, also when the last one opened and broke at once: a proxy takes
/// connections though nobody is behind it. The pauses differ by a fifth, so that a fleet does not come all at once.
struct Backoff {
    static let shortest = Duration.milliseconds(50)
    static let longest = Duration.seconds(5)

    private var pause = Self.shortest
    private(set) var retryAt = ContinuousClock.now

    /// An attempt begins.
    mutating func begin(at now: ContinuousClock.Instant) { retryAt = now + jittered }

    /// No address answers.
    mutating func fail(at now: ContinuousClock.Instant) {
        retryAt = now + jittered
        pause = min(pause * 2, Self.longest)
    }

    /// The server is there.
    mutating func succeed() { pause = Self.shortest }

    private var jittered: Duration { pause * Double.random(in: 0.8..<1.2) }
}
