import Concurrency
import Glibc

/// Holds a thread until the test lets it go: for blocking closures, which cannot wait for an event otherwise.
///
/// Never wait for it on Swift's cooperative pool.
public final class ThreadGate: Sendable {
    private let isOpen = Locked(false)

    /// Creates a closed gate.
    public init() {}

    /// Lets everybody through, now and later.
    public func open() { isOpen.withLock { $0 = true } }

    /// Blocks the calling thread until the gate is open; gives up after a minute, so that a fault cannot hang the suite.
    public func wait() {
        for _ in 0..<60_000 {
            if isOpen.withLock({ $0 }) { return }
            usleep(1000)
        }
    }
}
