import Glibc

/// A value behind a POSIX mutex, for state that is touched briefly and never across an `await`.
///
/// It has the shape of `Synchronization.Mutex`, which the thread sanitizer does not understand on Linux: it reports a
/// race for every use of it. Like that type it cannot be copied; keep it in a `let` of a final class.
public struct Locked<Value>: ~Copyable, @unchecked Sendable {
    // Sendable by proof: both pointers are set once, and the value is reached only while the mutex is held.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let value = UnsafeMutablePointer<Value>.allocate(capacity: 1)

    /// Creates the lock around `initial`, which nobody else may refer to afterwards.
    public init(_ initial: consuming sending Value) {
        value.initialize(to: initial)
        pthread_mutex_init(mutex, nil)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
        value.deinitialize(count: 1)
        value.deallocate()
    }

    /// Runs `body` alone with the value.
    ///
    /// Do not call back into the same lock from `body`: it is not recursive.
    public borrowing func withLock<Result: ~Copyable, Failure: Error>(
        _ body: (inout sending Value) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body(&value.pointee)
    }
}
