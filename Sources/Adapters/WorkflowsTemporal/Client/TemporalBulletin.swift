import Concurrency
import Workflows

/// Who in this process wants to hear of what: dispatchers of new requests, clients of how their workflows stand.
final class TemporalBulletin: Sendable {
    private struct State {
        var next = 0
        var wakers: [Int: @Sendable () -> Void] = [:]
    }
    private let state = Locked(State())
    let watchers = WorkflowWatchers()

    /// Adds a dispatcher to wake; returns how to remove it.
    func add(_ wake: @escaping @Sendable () -> Void) -> @Sendable () -> Void {
        let id = state.withLock { state in
            state.next += 1
            state.wakers[state.next] = wake
            return state.next
        }
        return { [weak self] in
            self?.state.withLock { $0.wakers[id] = nil }
        }
    }

    func wakeDispatchers() {
        let wakers = state.withLock { Array($0.wakers.values) }
        for wake in wakers { wake() }
    }
}
