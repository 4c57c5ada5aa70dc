import CLinux
import Concurrency
import Glibc

extension ChannelLoop {
    /// Waits until a socket has something to say, a job comes, or it is time to do something.
    /// - Returns: The connections whose sockets have something to say.
    func waitForSockets() -> [Connection] {
        let connections = connections
        var descriptors = [pollfd(fd: thread.wakeDescriptor, events: Int16(POLLIN), revents: 0)]
        descriptors += connections.map { connection in
            let events = Int16(POLLIN) | (connection.wantsToWrite ? Int16(POLLOUT) : 0)
            return pollfd(fd: connection.descriptor, events: events, revents: 0)
        }
        _ = poll(&descriptors, nfds_t(descriptors.count), pollTimeout)
        return zip(connections, descriptors.dropFirst()).filter { $1.revents != 0 }.map(\.0)
    }

    /// In milliseconds, rounded up; -1 for no limit.
    private var pollTimeout: Int32 {
        guard let nextMoment else { return -1 }
        let left = min(max(.zero, nextMoment - .now), .seconds(3600))
        return Int32(left.wholeMilliseconds + 1)
    }
}

extension Duration {
    /// Rounded down.
    var wholeMilliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}
