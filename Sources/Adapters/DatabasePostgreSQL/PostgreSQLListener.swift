import CLinux
import CPostgreSQL
import Concurrency
import Database
import Glibc

/// Hears one channel on a connection and a thread of its own, and connects again whenever it must.
final class PostgreSQLListener: Sendable {
    /// How long nothing may be heard before the connection is tried.
    private static let silence = Duration.seconds(30)
    private static let longestPause = Duration.seconds(5)

    private let channel: String
    private let location: PostgreSQLLocation
    private let limits: PostgreSQLLimits
    private let words: AsyncStream<String>.Continuation
    private let threads = WorkerThreads(name: "database-listen", count: 1)
    private let stopping: StopFlag

    init(
        _ channel: String, _ location: PostgreSQLLocation, _ limits: PostgreSQLLimits,
        _ words: AsyncStream<String>.Continuation
    ) {
        precondition(channel.utf8.allSatisfy { $0 == 95 || (97...122).contains($0) }, "\(channel) is no name of ours")
        self.channel = channel
        self.location = location
        self.limits = limits
        self.words = words
        stopping = StopFlag()
    }

    func start() { Task { await threads.run { self.listen() } } }

    /// Ends the stream, soon.
    func stop() { stopping.raise() }

    private func listen() {
        var pause = Duration.milliseconds(50)
        while !stopping.isRaised {
            do {
                let session = try PostgreSQLSession(location, limits)
                defer { session.close() }
                try session.run("LISTEN \(channel)")
                pause = .milliseconds(50)
                // What was said before went unheard.
                words.yield("")
                try hear(session)
            } catch {
                // Whoever reads and writes says that the server is away; words are only hints.
                stopping.wait(for: -1, atMost: pause)
                pause = min(pause * 2, Self.longestPause)
            }
        }
        words.finish()
    }

    private func hear(_ session: PostgreSQLSession) throws(DatabaseError) {
        while !stopping.isRaised {
            if !stopping.wait(for: session.socket, atMost: Self.silence) { try session.ping() }
            try session.takeInput()
            while let notice = PQnotifies(session.pointer) {
                words.yield(String(cString: notice.pointee.extra))
                PQfreemem(notice)
            }
        }
    }
}

/// Ends a thread's wait for a socket.
final class StopFlag: Sendable {
    private let descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
    private let flag = Locked(false)

    deinit { Glibc.close(descriptor) }

    var isRaised: Bool { flag.withLock { $0 } }

    func raise() {
        flag.withLock { $0 = true }
        // It counts to two to the power of 64 before it could fail.
        eventfd_write(descriptor, 1)
    }

    /// Waits until `socket` can be read, the flag is raised or the time is over.
    /// - Parameter socket: -1 for none.
    /// - Returns: Whether something has happened.
    @discardableResult
    func wait(for socket: Int32, atMost time: Duration) -> Bool {
        var descriptors = [
            pollfd(fd: socket, events: Int16(POLLIN), revents: 0),
            pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
        ]
        return poll(&descriptors, 2, Int32(clamping: Int(time / .milliseconds(1)))) > 0
    }
}
