import Concurrency
import Glibc

/// A TCP connection to a server on this machine, for tests that care about every byte.
///
/// Its calls block a thread of its own, so any number of connections wait without holding up the tests. Calls on one
/// connection run one after the other.
public actor RawConnection {
    private nonisolated let executor = ThreadExecutor(name: "raw-http")
    /// The thread the calls run on.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private let descriptor: Int32
    private var unread: [UInt8] = []

    /// Connects to `port` on the loopback address.
    /// - Parameters:
    ///   - timeout: How long any single wait may take before it fails.
    ///   - receiveBuffer: The size of the system's receive buffer in bytes, to be a slow reader; nil for the usual one.
    /// - Throws: ``RawConnectionError/refused`` when nobody listens.
    public init(port: Int, timeout: Duration = .seconds(20), receiveBuffer: Int? = nil) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var wait = timeval(tv_sec: Int(timeout.components.seconds), tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
        if var size = receiveBuffer.map({ Int32($0) }) {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        // Everything is set by now, so `deinit` runs and closes it; closing it twice would close somebody else's.
        guard result == 0 else { throw RawConnectionError.refused }
    }

    /// Takes over a connection that a server of a test has accepted.
    init(accepted descriptor: Int32, timeout: Duration = .seconds(20)) {
        self.descriptor = descriptor
        var wait = timeval(tv_sec: Int(timeout.components.seconds), tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { Glibc.close(descriptor) }

    /// Sends all of `text`.
    /// - Throws: ``RawConnectionError``.
    public func send(_ text: String) throws { try send(Array(text.utf8)) }

    /// Sends all of `bytes`, waiting while the server does not read.
    /// - Throws: ``RawConnectionError``.
    public func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw RawConnectionError(errno) }
            sent += count
        }
    }

    /// Sends of `bytes` only what the system takes without waiting; returns how many those were.
    public func sendWithoutWaiting(_ bytes: [UInt8]) -> Int {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
            }
            guard count > 0 else { break }
            sent += count
        }
        return sent
    }

    /// Reads up to and including `end`, but not beyond it.
    /// - Throws: ``RawConnectionError``, `.closed` when the server ends the connection before.
    public func read(upTo end: String) throws -> String {
        let end = Array(end.utf8)
        while true {
            if let range = unread.firstRange(of: end) {
                defer { unread.removeSubrange(..<range.upperBound) }
                return String(decoding: unread[..<range.upperBound], as: UTF8.self)
            }
            try receive()
        }
    }

    /// Reads exactly `count` bytes.
    /// - Throws: ``RawConnectionError``, `.closed` when the server ends the connection before.
    public func read(count: Int) throws -> [UInt8] {
        while unread.count < count { try receive() }
        defer { unread.removeFirst(count) }
        return Array(unread[..<count])
    }

    /// Reads until the server closes the connection, properly or by resetting it.
    /// - Throws: ``RawConnectionError/timedOut`` when it does not.
    public func readUntilClosed() throws -> [UInt8] {
        do {
            while true { try receive() }
        } catch RawConnectionError.closed, RawConnectionError.reset {
            defer { unread = [] }
            return unread
        }
    }

    /// Closes the connection; the server sees its end.
    public func close() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    /// Says that nothing more will be sent, and goes on to listen.
    public func closeWriting() { shutdown(descriptor, Int32(SHUT_WR)) }

    private func receive() throws {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count != 0 else { throw RawConnectionError.closed }
        guard count > 0 else { throw RawConnectionError(errno) }
        unread += buffer[..<count]
    }
}

/// Why a connection could not do what a test asked of it.
public enum RawConnectionError: Error, Equatable {
    /// Nobody listens on the port.
    case refused
    /// The server closed the connection.
    case closed
    /// The server reset the connection.
    case reset
    /// The wait took longer than the connection's timeout.
    case timedOut
    /// What came is not HTTP.
    case notHTTP(String)

    init(_ code: Int32) {
        switch code {
        case EAGAIN, ETIMEDOUT: self = .timedOut
        default: self = .reset
        }
    }
}
