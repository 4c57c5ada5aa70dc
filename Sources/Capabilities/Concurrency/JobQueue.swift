import CLinux
import Glibc

/// Jobs waiting for threads: the part that ``ThreadExecutor`` and ``WorkerThreads`` share.
///
/// Sendable by proof: `jobs` and `isClosed` are reached only while `mutex` is held.
final class JobQueue: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var jobs: [UnownedJob] = []
    private var head = 0
    private var isClosed = false

    init() {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    func append(_ job: UnownedJob) {
        pthread_mutex_lock(mutex)
        jobs.append(job)
        pthread_cond_signal(condition)
        pthread_mutex_unlock(mutex)
    }

    /// Waits for the next job; nil once the queue is closed and empty.
    func next() -> UnownedJob? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while head == jobs.count && !isClosed { pthread_cond_wait(condition, mutex) }
        guard head < jobs.count else { return nil }
        defer { compact() }
        head += 1
        return jobs[head - 1]
    }

    func close() {
        pthread_mutex_lock(mutex)
        isClosed = true
        pthread_cond_broadcast(condition)
        pthread_mutex_unlock(mutex)
    }

    private func compact() {
        // Dropped in lumps: removing the first element each time would shift the whole array.
        if head == jobs.count {
            jobs.removeAll(keepingCapacity: true)
            head = 0
        } else if head >= 256 && head * 2 >= jobs.count {
            jobs.removeFirst(head)
            head = 0
        }
    }
}

/// Starts a detached operating-system thread named `name` (at most 15 bytes, Linux's limit) that runs `body` once.
func startThread(named name: String, _ body: @escaping @Sendable () -> Void) {
    final class Start {
        let name: String
        let body: @Sendable () -> Void
        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }
    var thread = pthread_t()
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    // The default of 8 MB is only reserved, but codecs and SQL parsers recurse: keep the room they expect.
    pthread_attr_setstacksize(&attributes, 8 << 20)
    let start = Unmanaged.passRetained(Start(name: String(name.prefix(15)), body: body))
    let status = pthread_create(
        &thread, &attributes,
        { argument in
            guard let argument else { return nil }
            let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
            atelier_name_thread(start.name)
            start.body()
            return nil
        }, start.toOpaque())
    pthread_attr_destroy(&attributes)
    precondition(status == 0, "the operating system refused a thread (errno \(status)); raise the process limit")
}
