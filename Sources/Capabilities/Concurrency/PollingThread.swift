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
        /// Whether the thread is gone; a job that comes then needs another.
        var isOver = false
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
    /// - Parameter wait: Called after each round of jobs; it polls, deals with what came, and returns.
    public func start(_ wait: @escaping @Sendable () -> Void) {
        startThread(named: name) { [self] in run(wait) }
    }

    /// Ends the thread after the jobs that wait.
    ///
    /// Jobs that come later are run too, on a thread that ends with them: nobody waits for ever.
    public func stop() {
        state.withLock { $0.isStopped = true }
        wake()
    }

    private func run(_ wait: () -> Void) {
        blockBrokenPipes()
        state.withLock { $0.thread = pthread_self() }
        while let jobs = takeJobs() {
            for job in jobs { job.runSynchronously(on: asUnownedSerialExecutor()) }
            // Between rounds, however many jobs keep coming: the sockets have their turn.
            if !state.withLock({ $0.isStopped }) { wait() }
        }
    }

    /// A peer that is gone is told by the result of a write; the signal would end a program that does not expect it.
    private func blockBrokenPipes() {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    /// - Returns: What waits; nil when it is time to end.
    private func takeJobs() -> [UnownedJob]? {
        var count: UInt64 = 0
        _ = read(wakeDescriptor, &count, 8)
        return state.withLock { state in
            if state.jobs.isEmpty, state.isStopped {
                (state.isOver, state.thread) = (true, nil)
                return nil
            }
            defer { state.jobs = [] }
            return state.jobs
        }
    }

    private func wake() {
        var one: UInt64 = 1
        _ = write(wakeDescriptor, &one, 8)
    }

    /// Takes a job from the Swift runtime.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let (isFirst, isOver) = state.withLock { state in
            state.jobs.append(job)
            defer { state.isOver = false }
            return (state.jobs.count == 1, state.isOver)
        }
        if isOver { return start {} }
        // The others are taken with the first.
        if isFirst { wake() }
    }

    /// The reference the runtime compares to decide whether it already is on this executor.
    public func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

    /// Stops the program when the caller is not on this thread.
    public func checkIsolated() {
        let isHere = state.withLock { $0.thread.map { pthread_equal($0, pthread_self()) != 0 } ?? false }
        precondition(isHere, "only the thread \(name) may do this")
    }
}
