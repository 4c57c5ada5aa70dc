import Concurrency
import Workflows

/// Who in this process wants to hear of what: workers of new work, clients of a workflow's progress.
final class Bulletin: Sendable {
    private struct State {
        var next = 0
        var workers: [Int: Doorbell] = [:]
        /// Whether the next wake-up is to be one for activities as well.
        var hasBacklog = false
        var watchers: [WorkflowID: [Int: AsyncStream<Void>.Continuation]] = [:]
        /// What was last seen of each that is watched.
        var seen: [WorkflowID: String] = [:]
    }
    private let state = Locked(State())

    /// Adds a worker to wake; returns how to remove it.
    func addWorker(_ doorbell: Doorbell) -> @Sendable () -> Void {
        let id = state.withLock { state in
            state.next += 1
            state.workers[state.next] = doorbell
            return state.next
        }
        return { [weak self] in
            self?.state.withLock { state in state.workers[id] = nil }
        }
    }

    /// Lets the workers of this process look for what somebody started, signalled or ended.
    /// - Returns: Whether for activities as well, because of ``noteBacklog()``.
    @discardableResult
    func wakeWorkers() -> Bool {
        let hasBacklog = state.withLock { state in
            defer { state.hasBacklog = false }
            return state.hasBacklog
        }
        for doorbell in doorbells {
            if hasBacklog { doorbell.ring(forBacklogOf: nil) } else { doorbell.ringForNewWork() }
        }
        return hasBacklog
    }

    /// How many workers this process has.
    var workerCount: Int { state.withLock { $0.workers.count } }

    /// Makes the wake-up after a transaction one for activities, since it let some start again.
    func noteBacklog() { state.withLock { $0.hasBacklog = true } }

    /// Lets them also look for activities that somebody else put into their queues, or let go on.
    /// - Parameter queues: Which queues; nil for any.
    func wakeWorkers(forBacklogOf queues: Set<TaskQueue>?) {
        for doorbell in doorbells { doorbell.ring(forBacklogOf: queues) }
    }

    private var doorbells: [Doorbell] {
        state.withLock { state in state.workers.sorted { $0.key < $1.key }.map(\.value) }
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
            if isClosed {
                state.watchers[workflow] = nil
                state.seen[workflow] = nil
            }
            return watchers
        }
        for watcher in watchers {
            watcher.yield()
            if isClosed { watcher.finish() }
        }
    }

    /// The workflows that somebody watches here.
    var watched: [WorkflowID] { state.withLock { Array($0.watchers.keys) } }

    /// Notes where a watched workflow stands.
    /// - Returns: Whether that is news; the first time it is, since it may have moved before.
    func note(_ place: String, of workflow: WorkflowID) -> Bool {
        state.withLock { state in
            guard state.watchers[workflow] != nil else { return false }
            return state.seen.updateValue(place, forKey: workflow) != place
        }
    }

    private func remove(_ id: Int, from workflow: WorkflowID) {
        state.withLock { state in
            state.watchers[workflow]?[id] = nil
            if state.watchers[workflow]?.isEmpty == true {
                state.watchers[workflow] = nil
                state.seen[workflow] = nil
            }
        }
    }
}
