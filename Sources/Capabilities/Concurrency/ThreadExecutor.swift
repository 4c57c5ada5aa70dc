/// One operating-system thread as an actor's executor.
///
/// Blocking C calls (`sqlite3_step`, `PQexec`) stall this thread alone and never Swift's cooperative pool, which has
/// only one thread for each core. Use it as an actor's `unownedExecutor`; the actor then owns its C handle without
/// anything unchecked.
public final class ThreadExecutor: SerialExecutor {
    private let queue: JobQueue

    /// Starts the thread; `name` shows in `top -H` (15 bytes at most).
    public init(name: String) {
        let queue = JobQueue()
        self.queue = queue
        // The thread keeps the executor's identity alive through the jobs it runs, not through `self`, so that an
        // executor nobody refers to any more ends its thread.
        let identity = Identity(queue: queue)
        self.identity = identity
        startThread(named: name) {
            while let job = queue.next() { job.runSynchronously(on: identity.asUnownedSerialExecutor()) }
        }
    }

    deinit { queue.close() }

    private let identity: Identity

    /// Takes a job from the Swift runtime.
    public func enqueue(_ job: consuming ExecutorJob) { queue.append(UnownedJob(job)) }

    /// The reference the runtime compares to decide whether it already is on this executor.
    public func asUnownedSerialExecutor() -> UnownedSerialExecutor { identity.asUnownedSerialExecutor() }

    private final class Identity: SerialExecutor {
        let queue: JobQueue
        init(queue: JobQueue) { self.queue = queue }
        func enqueue(_ job: consuming ExecutorJob) { queue.append(UnownedJob(job)) }
        func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }
    }
}
