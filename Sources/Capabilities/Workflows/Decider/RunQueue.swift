import Concurrency
import Glibc

/// A task executor that only collects jobs; `drain` runs them on the calling thread until none is left.
///
/// Child tasks, task groups, default actors, streams and cancellation handlers of a task that prefers this executor all
/// stay on it, so an empty queue means that the workflow is quiescent (Swift evolution proposal SE-0417).
final class RunQueue: TaskExecutor {
    private struct State {
        var jobs: [UnownedJob] = []
        var head = 0
        var drainer: pthread_t?
        var hasEscaped = false
    }
    private let state = Locked(State())

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let current = pthread_self()
        state.withLock { state in
            state.jobs.append(job)
            if state.drainer != current { state.hasEscaped = true }
        }
    }

    /// Runs `body` and every job it releases, first in first out.
    func drain(_ body: () -> Void) {
        state.withLock { $0.drainer = pthread_self() }
        body()
        while let job = next() { job.runSynchronously(on: asUnownedTaskExecutor()) }
    }

    /// Whether the caller runs inside `drain`.
    var isCurrent: Bool {
        let current = pthread_self()
        return state.withLock { $0.drainer == current }
    }

    /// Whether a job ever came from another thread or outside a drain: the code awaited something that is not ours.
    var hasEscaped: Bool { state.withLock { $0.hasEscaped } }

    /// Remembers a call that came from outside.
    func noteEscape() { state.withLock { $0.hasEscaped = true } }

    private func next() -> UnownedJob? {
        state.withLock { state in
            if state.head < state.jobs.count {
                state.head += 1
                return state.jobs[state.head - 1]
            }
            state.jobs.removeAll(keepingCapacity: true)
            state.head = 0
            state.drainer = nil
            return nil
        }
    }
}
