import Concurrency
import Glibc

/// A server on this machine that does exactly what a test says, byte by byte: also what no proper server does.
///
/// Every connection has a task and a thread of its own.
public final class RawServer: Sendable {
    /// What to do with a connection; it is closed when this returns.
    public typealias Handler = @Sendable (RawConnection) async throws -> Void

    /// The port it listens on.
    public let port: Int
    private let listener: Int32
    private let state = Locked((accepted: 0, tasks: [Task<Void, Never>](), isStopped: false))
    private let isClosed = ShutdownSignal()
    private let threads = WorkerThreads(name: "raw-server", count: 1)

    /// Listens on a free port of 127.0.0.1.
    /// - Throws: ``RawConnectionError/refused`` when the system gives no port.
    public init(_ handler: @escaping Handler) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 1024) == 0
                    && getsockname(listener, $0, &length) == 0
            }
        }
        self.listener = listener
        port = Int(UInt16(bigEndian: address.sin_port))
        guard isBound else {
            close(listener)
            throw RawConnectionError.refused
        }
        // Ends with `stop`.
        Task { [self] in await serve(handler) }
    }

    /// How many connections have come so far.
    public var acceptedCount: Int { state.withLock { $0.accepted } }

    /// Takes no more connections and cancels those that are there.
    public func stop() {
        let tasks = state.withLock { state in
            state.isStopped = true
            return state.tasks
        }
        shutdown(listener, Int32(SHUT_RDWR))
        for task in tasks { task.cancel() }
    }

    /// Stops, and returns when the port is free.
    public func stopAndWait() async {
        stop()
        await isClosed.wait()
    }

    private func serve(_ handler: @escaping Handler) async {
        while let descriptor = await threads.run({ [listener] () -> Int32? in
            let descriptor = accept(listener, nil, nil)
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            return descriptor < 0 ? nil : descriptor
        }) {
            let connection = RawConnection(accepted: descriptor)
            let task = Task {
                // A test that hangs up first leaves its server with half a sentence, which is no fault.
                try? await handler(connection)
                await connection.close()
            }
            state.withLock { state in
                state.accepted += 1
                state.tasks.append(task)
                if state.isStopped { task.cancel() }
            }
        }
        close(listener)
        isClosed.trigger()
    }
}

/// Runs `body` beside a server and stops it afterwards, whatever happens.
public func withRawServer<Result: Sendable>(
    _ handler: @escaping RawServer.Handler, _ body: (RawServer) async throws -> Result
) async throws -> Result {
    let server = try RawServer(handler)
    defer { server.stop() }
    return try await body(server)
}

extension RawConnection {
    /// Reads the head of a request, as far as the empty line.
    public func readRequestHead() throws -> String { try read(upTo: "\r\n\r\n") }

    /// Reads a request with its body, which must have a `Content-Length`.
    public func readRequest() throws -> (head: String, body: [UInt8]) {
        let head = try readRequestHead()
        let length = head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
            .flatMap { Int($0.split(separator: ":")[1].drop { $0 == " " }) }
        return (head, try read(count: length ?? 0))
    }

    /// Answers with `body` and keeps the connection.
    public func answer(_ status: String = "200 OK", _ body: String = "", headers: String = "") throws {
        try send("HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\(headers)\r\n\(body)")
    }
}
