import Concurrency
import FoundationEssentials

/// Rings once at the earliest time it was set to. Only the worker's actor touches it.
final class Alarm {
    private let clock: any WallClock
    private let ring: @Sendable () -> Void
    private var due = Int.max
    private var waiting: Task<Void, Never>?

    init(_ clock: any WallClock, ring: @escaping @Sendable () -> Void) {
        self.clock = clock
        self.ring = ring
    }

    /// Whether the set time has come.
    var isDue: Bool { due <= clock.now.microseconds }

    /// Rings at `time`, in microseconds since 1970, unless it is set to something earlier.
    func set(_ time: Int) {
        guard time < due else { return }
        due = time
        waiting?.cancel()
        let wait = max(0, time - clock.now.microseconds)
        waiting = Task.detached { [clock, ring] in
            // Cancelled when an earlier time is set: then that one rings.
            guard (try? await clock.sleep(for: .microseconds(wait))) != nil else { return }
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

    init() {
        (rings, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    func ring() { continuation.yield() }
    func remove() { continuation.finish() }
}
