public import FoundationEssentials

/// The time of day, and waiting for it: a parameter, so that tests move it by hand.
public protocol WallClock: Sendable {
    /// The time now.
    var now: Date { get }

    /// The time since some moment, which no correction of the time of day touches: for measuring how long something
    /// takes.
    var uptime: Duration { get }

    /// Waits for `duration`.
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    func sleep(for duration: Duration) async throws
}

extension WallClock {
    /// The time of day, for clocks that nobody corrects.
    public var uptime: Duration { .microseconds(Int64((now.timeIntervalSince1970 * 1_000_000).rounded())) }
}

/// The machine's clock.
public struct SystemClock: WallClock {
    /// Creates the clock.
    public init() {}

    /// The time now.
    public var now: Date { Date() }

    /// The time since this was first asked for, with the time that the machine slept.
    public var uptime: Duration { ContinuousClock.now - Self.beginning }
    private static let beginning = ContinuousClock.now

    /// Waits for `duration` of monotonic time.
    public func sleep(for duration: Duration) async throws { try await Task.sleep(for: duration) }
}
