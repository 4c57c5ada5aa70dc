import FoundationEssentials

/// Notices that the time of day was set forward, for whoever removes what has grown old by it.
///
/// A clock that jumps makes everything old at once. So after a jump the time of day is not trusted for a day: long
/// enough for somebody to set it right, and a day late is early enough for whatever is removed after weeks.
public final class ClockWatch: Sendable {
    private struct State {
        /// A moment that is trusted.
        var now: Date
        var uptime: Duration
        /// Since when the time of day is ahead of it, in uptime.
        var aheadSince: Duration?
    }
    private static let tolerance = 3600.0
    private static let quarantine = Duration.seconds(24 * 3600)
    private let clock: any WallClock
    private let state: Locked<State>

    /// Begins to watch `clock`.
    public init(_ clock: any WallClock) {
        self.clock = clock
        state = Locked(State(now: clock.now, uptime: clock.uptime))
    }

    /// Whether the time of day has gone on, for the last day, as fast as time itself.
    public var isTrusted: Bool {
        let (now, uptime) = (clock.now, clock.uptime)
        return state.withLock { state in
            let ahead = now.timeIntervalSince(state.now) - (uptime - state.uptime).seconds
            guard ahead > Self.tolerance else {
                state.aheadSince = nil
                return true
            }
            let since = state.aheadSince ?? uptime
            state.aheadSince = since
            guard uptime - since >= Self.quarantine else { return false }
            // Nobody has set it back: then this is the time.
            state = State(now: now, uptime: uptime)
            return true
        }
    }
}
