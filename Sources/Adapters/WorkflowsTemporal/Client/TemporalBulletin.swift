import Concurrency
import Workflows

/// Who in this process wants to hear of what: dispatchers of new requests, clients of how their workflows stand.
final class TemporalBulletin: Sendable {
    private struct State {
        var next = 0
        var wakers: [Int: @Sendable () -> Void] = [:]
        var watchers: [WorkflowID: [Int: AsyncStream<Void>.Continuation]] = [:]
    }
    private let state = Locked(State())

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

    /// A stream that yields at once and then on each ``announce(_:)``; what is not read in time is one.
    func changes(of workflow: WorkflowID) -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let id = state.withLock { state in
            state.next += 1
            state.watchers[workflow, default: [:]][state.next] = continuation
            return state.next
        }
        continuation.onTermination = { [weak self] _ in self?.remove(id, from: workflow) }
        continuation.yield()
        return stream
    }

    /// Says that a workflow has moved: its end is noted here, say.
    func announce(_ workflow: WorkflowID) {
        let watchers = state.withLock { state in state.watchers[workflow].map { Array($0.values) } ?? [] }
        for watcher in watchers { watcher.yield() }
    }

    private func remove(_ id: Int, from workflow: WorkflowID) {
        state.withLock { state in
            state.watchers[workflow]?[id] = nil
            if state.watchers[workflow]?.isEmpty == true { state.watchers[workflow] = nil }
        }
    }
}
