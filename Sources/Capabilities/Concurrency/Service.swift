/// Something that runs for as long as the program does: the server, a worker, a sweep.
public protocol Service: Sendable {
    /// Short and stable, for logs: `http`, `worker`.
    var name: String { get }

    /// Runs until it is told to stop or fails.
    ///
    /// When `shutdown` is triggered it takes no new work, finishes or hands back what is running, and returns.
    /// - Throws: What made it impossible to go on; the group then stops the other services too.
    func run(until shutdown: ShutdownSignal) async throws
}

/// Tells services that the program is to end.
///
/// It is triggered once and stays so.
public final class ShutdownSignal: Sendable {
    private struct State {
        var isTriggered = false
        var next = 0
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
    }
    private let state = Locked(State())

    /// Creates a signal that nobody has triggered.
    public init() {}

    /// Whether the program is to end.
    public var isTriggered: Bool { state.withLock { $0.isTriggered } }

    /// Wakes everybody who waits; repeating it changes nothing.
    public func trigger() {
        let waiters = state.withLock { state in
            state.isTriggered = true
            defer { state.waiters = [:] }
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Returns when the signal is triggered or the calling task is cancelled.
    public func wait() async {
        let id = state.withLock { state in
            state.next += 1
            return state.next
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.isTriggered || Task.isCancelled { return true }
                    state.waiters[id] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            let waiter = state.withLock { $0.waiters.removeValue(forKey: id) }
            waiter?.resume()
        }
    }
}
