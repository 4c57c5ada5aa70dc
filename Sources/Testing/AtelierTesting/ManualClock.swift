public import Concurrency
public import FoundationEssentials

/// A clock that a test moves by hand, so that nothing has to wait for real time.
public final class ManualClock: WallClock {
    private struct Sleeper {
        var end: Date
        let continuation: CheckedContinuation<Void, any Error>
    }
    private struct Watcher {
        let count: Int
        let end: Date
        let continuation: CheckedContinuation<Void, Never>
    }
    private struct State {
        var now: Date
        var uptime = Duration.zero
        var next = 0
        var sleepers: [Int: Sleeper] = [:]
        var watchers: [Watcher] = []
    }
    private let state: Locked<State>

    /// Starts the clock at `now`: 2026-01-01T00:00:00Z unless given.
    public init(now: Date = Date(timeIntervalSince1970: 1_767_225_600)) {
        state = Locked(State(now: now))
    }

    /// The time the test has set.
    public var now: Date { state.withLock { $0.now } }

    /// How far the test has advanced the clock; ``set(to:)`` makes it jump instead.
    public var uptime: Duration { state.withLock { $0.uptime } }

    /// How many tasks sleep now.
    public var sleeperCount: Int { state.withLock { $0.sleepers.count } }

    /// Moves the time forward and wakes every sleeper whose time has come.
    public func advance(by duration: Duration) {
        state.withLock { $0.uptime += duration }
        set(to: now.addingTimeInterval(duration.seconds))
    }

    /// Sets the time, also backwards as a corrected clock does, and wakes every sleeper whose time has come.
    public func set(to date: Date) {
        let due = state.withLock { state in
            state.now = date
            let due = state.sleepers.filter { $0.value.end <= date }
            for id in due.keys { state.sleepers[id] = nil }
            return due.values.sorted { $0.end < $1.end }.map(\.continuation)
        }
        for sleeper in due { sleeper.resume() }
    }

    /// Corrects the time of day by `duration`, which may be negative; whoever sleeps goes on for as long as he meant to.
    public func correct(by duration: Duration) {
        state.withLock { state in
            state.now.addTimeInterval(duration.seconds)
            state.sleepers = state.sleepers.mapValues { sleeper in
                Sleeper(end: sleeper.end.addingTimeInterval(duration.seconds), continuation: sleeper.continuation)
            }
        }
    }

    /// Waits until the test has moved the clock far enough.
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    public func sleep(for duration: Duration) async throws {
        try Task.checkCancellation()
        guard duration > .zero else { return }
        let id = state.withLock { state in
            state.next += 1
            return state.next
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                add(continuation, for: duration, as: id)
            }
        } onCancel: {
            let sleeper = state.withLock { $0.sleepers.removeValue(forKey: id) }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }

    /// Returns once at least `count` tasks sleep on this clock.
    /// - Parameter end: Counts only those who wake by then. A task reads the time and then begins to sleep; moving the
    ///   clock in between would make it sleep longer than it meant to.
    public func whenSomeoneSleeps(count: Int = 1, until end: Date = .distantFuture) async {
        await withCheckedContinuation { continuation in
            let isSo = state.withLock { state in
                let watcher = Watcher(count: count, end: end, continuation: continuation)
                if Self.isSatisfied(watcher, by: state.sleepers) { return true }
                state.watchers.append(watcher)
                return false
            }
            if isSo { continuation.resume() }
        }
    }

    private func add(_ continuation: CheckedContinuation<Void, any Error>, for duration: Duration, as id: Int) {
        let (isCancelled, watchers) = state.withLock { state in
            // Looked at under the lock: a cancellation before it found no sleeper to wake.
            if Task.isCancelled { return (true, [Watcher]()) }
            let end = state.now.addingTimeInterval(duration.seconds)
            state.sleepers[id] = Sleeper(end: end, continuation: continuation)
            let satisfied = state.watchers.filter { Self.isSatisfied($0, by: state.sleepers) }
            state.watchers.removeAll { Self.isSatisfied($0, by: state.sleepers) }
            return (false, satisfied)
        }
        if isCancelled { continuation.resume(throwing: CancellationError()) }
        for watcher in watchers { watcher.continuation.resume() }
    }

    private static func isSatisfied(_ watcher: Watcher, by sleepers: [Int: Sleeper]) -> Bool {
        sleepers.values.count { $0.end <= watcher.end } >= watcher.count
    }
}
