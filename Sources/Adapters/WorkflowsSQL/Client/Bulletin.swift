import Concurrency
import Workflows

/// Who in this process wants to hear of what: workers of new work, clients of a workflow's progress.
final class Bulletin: Sendable {
    private struct State {
        var next = 0
        var workers: [Int: Doorbell] = [:]
        /// Whether the next wake-up is to be one for activities as well.
        var hasBacklog = false
    }
    private let state = Locked(State())
    let watchers = WorkflowWatchers()

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
}
