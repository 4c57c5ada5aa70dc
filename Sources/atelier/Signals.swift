import Concurrency
import Glibc

/// SIGTERM and SIGINT become the shutdown signal; SIGPIPE is ignored, since a client that leaves is no event.
///
/// They are blocked before the first other thread exists, so that every thread inherits it and none but the main
/// thread, which waits for them, ever takes one.
enum Signals {
    private static let shutdown = Locked<ShutdownSignal?>(nil)

    static func block() {
        signal(SIGPIPE, SIG_IGN)
        var set = stopSet()
        pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// From now on the first signal triggers `signal` and a second one ends the program at once.
    ///
    /// Without it the first one does.
    static func stop(_ signal: ShutdownSignal) {
        shutdown.withLock { $0 = signal }
    }

    /// Waits for signals on the calling thread, for ever.
    static func wait() -> Never {
        while true {
            var set = stopSet()
            var number: Int32 = 0
            sigwait(&set, &number)
            let running = shutdown.withLock { shutdown in
                defer { shutdown = nil }
                return shutdown
            }
            guard let running else { _exit(128 + number) }
            running.trigger()
        }
    }

    private static func stopSet() -> sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, SIGTERM)
        sigaddset(&set, SIGINT)
        return set
    }
}
