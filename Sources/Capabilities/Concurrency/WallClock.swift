public import FoundationEssentials

/// The time of day, and waiting for it: a parameter, so that tests move it by hand.
public protocol WallClock: Sendable {
    /// The time now.
    var now: Date { get }

    /// Time that has passed since some moment; it never jumps, whatever is done to the time of day.
    var uptime: Duration { get }

    /// Waits for `duration`.
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    func sleep(for duration: Duration) async throws
}

extension WallClock {
    /// The time of day itself, for clocks that do not jump.
    public var uptime: Duration { .seconds(now.timeIntervalSince1970) }
}

/// The machine's clock.
public struct SystemClock: WallClock {
    /// Creates the clock.
    public init() {}

    /// The time now.
    public var now: Date { Date() }

    /// Monotonic time since the clock was first asked.
    public var uptime: Duration { Self.start.duration(to: .now) }
    private static let start = ContinuousClock.now

    /// Waits for `duration` of monotonic time.
    public func sleep(for duration: Duration) async throws { try await Task.sleep(for: duration) }
}
