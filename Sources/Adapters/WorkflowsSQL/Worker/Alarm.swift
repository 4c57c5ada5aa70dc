import Concurrency
import Database
import FoundationEssentials
import Workflows

/// Rings once at the earliest time it was set to.
///
/// Only the worker's actor touches it.
///
/// It waits in monotonic time, and whoever hears it looks whatever the time of day says: a clock that is set back
/// delays nothing, one that wakes a moment early loses nothing.
final class Alarm {
    private let clock: any WallClock
    private let ring: @Sendable () -> Void
    private let hasRung = Flag()
    private var due = Int.max
    private var waiting: Task<Void, Never>?

    init(_ clock: any WallClock, ring: @escaping @Sendable () -> Void) {
        self.clock = clock
        self.ring = ring
    }

    private final class Flag: Sendable {
        let value = Locked(false)
    }

    /// Whether it has rung since the last call.
    func takeRing() -> Bool {
        hasRung.value.withLock { value in
            defer { value = false }
            return value
        }
    }

    /// Rings at `time`, in microseconds since 1970, unless it is set to something earlier.
    func set(_ time: Int) {
        guard time < due else { return }
        due = time
        waiting?.cancel()
        let wait = max(0, time - clock.now.microseconds)
        waiting = Task.detached { [clock, ring, hasRung] in
            // Cancelled when an earlier time is set: then that one rings.
            guard (try? await clock.sleep(for: .microseconds(wait))) != nil else { return }
            hasRung.value.withLock { $0 = true }
            ring()
        }
    }

    /// Forgets the time that was set.
    func reset() {
        due = .max
        waiting?.cancel()
        waiting = nil
    }
}

/// Wakes one loop; rings that come faster than it turns are one.
final class Doorbell: Sendable {
    /// Yields for each ring that was heard.
    let rings: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation
    private let hasNewWork = Locked(true)
    private let backlog = Locked<Set<TaskQueue>?>([])

    init() {
        (rings, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    func ring() { continuation.yield() }

    /// Rings because somebody may have brought new work.
    func ringForNewWork() {
        noteNewWork()
        ring()
    }

    /// Rings because activities may wait that nobody here put there.
    /// - Parameter queues: Where; nil for anywhere.
    func ring(forBacklogOf queues: Set<TaskQueue>?) {
        backlog.withLock { backlog in
            guard let known = backlog, let queues else { return backlog = nil }
            backlog = known.union(queues)
        }
        ringForNewWork()
    }

    /// In which queues such activities may wait, since the last call; nil for any.
    func takeBacklog() -> Set<TaskQueue>? {
        backlog.withLock { value in
            defer { value = [] }
            return value
        }
    }

    func noteNewWork() { hasNewWork.withLock { $0 = true } }

    /// Whether there may be new work since the last call.
    func takeNewWork() -> Bool {
        hasNewWork.withLock { value in
            defer { value = false }
            return value
        }
    }

    func remove() { continuation.finish() }
}
