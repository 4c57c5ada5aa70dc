import Concurrency
import Workflows

/// Who in this process wants to hear of what: workers of new work, clients of a workflow's progress.
final class Bulletin: Sendable {
    private struct State {
        var next = 0
        var workers: [Int: @Sendable () -> Void] = [:]
        var watchers: [WorkflowID: [Int: AsyncStream<Void>.Continuation]] = [:]
    }
    private let state = Locked(State())

    /// Adds a worker to wake; returns how to remove it.
    func addWorker(_ wake: @escaping @Sendable () -> Void) -> @Sendable () -> Void {
        let id = state.withLock { state in
            state.next += 1
            state.workers[state.next] = wake
            return state.next
        }
        return { [weak self] in
            self?.state.withLock { state in state.workers[id] = nil }
        }
    }

    func wakeWorkers() {
        let workers = state.withLock { Array($0.workers.values) }
        for wake in workers { wake() }
    }

    /// A stream that yields at once and then on each `announce`; what is not read in time is one.
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

    func announce(_ workflow: WorkflowID, isClosed: Bool) {
        let watchers = state.withLock { state in
            let watchers = state.watchers[workflow].map { Array($0.values) } ?? []
            if isClosed { state.watchers[workflow] = nil }
            return watchers
        }
        for watcher in watchers {
            watcher.yield()
            if isClosed { watcher.finish() }
        }
    }

    private func remove(_ id: Int, from workflow: WorkflowID) {
        state.withLock { state in
            state.watchers[workflow]?[id] = nil
            if state.watchers[workflow]?.isEmpty == true { state.watchers[workflow] = nil }
        }
    }
}
