public import FoundationEssentials

/// The time of day, and waiting for it: a parameter, so that tests move it by hand.
public protocol WallClock: Sendable {
    /// The time now.
    var now: Date { get }

    /// Waits for `duration`.
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    func sleep(for duration: Duration) async throws
}

/// The machine's clock.
public struct SystemClock: WallClock {
    /// Creates the clock.
    public init() {}

    /// The time now.
    public var now: Date { Date() }

    /// Waits for `duration` of monotonic time.
    public func sleep(for duration: Duration) async throws { try await Task.sleep(for: duration) }
}
