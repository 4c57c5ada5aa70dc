import CLinux
import Glibc

/// One thread that runs an actor's jobs and, between them, lets it wait for its sockets.
///
/// The actor owns its C handles without anything unchecked: whatever touches them runs here. Use it as the actor's
/// `unownedExecutor`; the function given to ``start(_:)`` may use `assumeIsolated`.
public final class PollingThread: SerialExecutor {
    private struct State {
        var jobs: [UnownedJob] = []
        var isStopped = false
        var thread: pthread_t?
    }
    private let state = Locked(State())
    private let name: String
    /// A descriptor to poll beside the sockets: readable when there is something else to do.
    public let wakeDescriptor = eventfd(0, Int32(EFD_NONBLOCK) | Int32(EFD_CLOEXEC))

    /// Prepares a thread; `name` shows in `top -H` (15 bytes at most).
    public init(name: String) { self.name = name }

    deinit { close(wakeDescriptor) }

    /// Begins to work.
    /// - Parameter wait: Called whenever no job is left; it polls, deals with what came, and returns.
    public func start(_ wait: @escaping @Sendable () -> Void) {
        startThread(named: name) { [self] in
            state.withLock { $0.thread = pthread_self() }
            while runJobs() { wait() }
        }
    }

    /// Ends the thread after the jobs that wait; whoever calls it knows that no more will come.
    public func stop() {
        state.withLock { $0.isStopped = true }
        wake()
    }

    /// - Returns: False when it is time to end.
    private func runJobs() -> Bool {
        var count: UInt64 = 0
        _ = read(wakeDescriptor, &count, 8)
        while true {
            let (jobs, isStopped) = state.withLock { state in
                defer { state.jobs = [] }
                return (state.jobs, state.isStopped)
            }
            if jobs.isEmpty { return !isStopped }
            for job in jobs { job.runSynchronously(on: asUnownedSerialExecutor()) }
        }
    }

    private func wake() {
        var one: UInt64 = 1
        _ = write(wakeDescriptor, &one, 8)
    }

    /// Takes a job from the Swift runtime.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        state.withLock { $0.jobs.append(job) }
        wake()
    }

    /// The reference the runtime compares to decide whether it already is on this executor.
    public func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

    /// Stops the program when the caller is not on this thread.
    public func checkIsolated() {
        let isHere = state.withLock { $0.thread.map { pthread_equal($0, pthread_self()) != 0 } ?? false }
        precondition(isHere, "only the thread \(name) may do this")
    }
}
