/// A fixed set of operating-system threads for work that occupies a core: decoding, resizing, encoding.
///
/// The number of threads bounds how many such jobs run, and with them the memory they hold; further jobs wait in
/// order. A concurrent dispatch queue with a semaphore would park a thread for every waiting job instead.
public final class WorkerThreads: TaskExecutor {
    private let queue: JobQueue
    private let identity: Identity
    /// How many threads serve the queue.
    public let count: Int

    /// Starts `count` threads (at least 1) whose names begin with `name`.
    public init(name: String, count: Int) {
        let queue = JobQueue()
        let identity = Identity(queue: queue)
        self.queue = queue
        self.identity = identity
        self.count = max(1, count)
        for index in 0..<self.count {
            startThread(named: "\(name)-\(index)") {
                while let job = queue.next() { job.runSynchronously(on: identity.asUnownedTaskExecutor()) }
            }
        }
    }

    deinit { queue.close() }

    /// Takes a job from the Swift runtime.
    public func enqueue(_ job: consuming ExecutorJob) { queue.append(UnownedJob(job)) }

    /// Runs blocking `work` on one of the threads and waits for it without holding a cooperative thread.
    ///
    /// Cancellation does not interrupt `work`: whoever writes long work checks `Task.isCancelled` in it.
    public func run<Value: Sendable, Failure: Error>(
        _ work: @escaping @Sendable () throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let result: Result<Value, Failure> = await withTaskExecutorPreference(identity) {
            await Self.capture(work)
        }
        return try result.get()
    }

    // A separate nonisolated async function: the hop to the preferred executor happens where it starts.
    @concurrent
    private static func capture<Value: Sendable, Failure: Error>(
        _ work: @Sendable () throws(Failure) -> Value
    ) async -> Result<Value, Failure> {
        do throws(Failure) { return .success(try work()) } catch { return .failure(error) }
    }

    private final class Identity: TaskExecutor {
        let queue: JobQueue
        init(queue: JobQueue) { self.queue = queue }
        func enqueue(_ job: consuming ExecutorJob) { queue.append(UnownedJob(job)) }
    }
}
