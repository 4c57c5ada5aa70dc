import AtelierTesting
import Concurrency
import Observability
import Testing
import Web

@testable import WebMicrohttpd

/// A server on a free port for the length of `body`; it is stopped gracefully afterwards, whatever happens.
func withServer<Result>(
    configure: (inout ServerConfiguration) -> Void = { _ in }, metrics: Metrics = Metrics(),
    handler: @escaping HTTPHandler, _ body: (RunningServer) async throws -> Result
) async throws -> Result {
    let server = try await RunningServer(configure: configure, metrics: metrics, handler: handler)
    do {
        let result = try await body(server)
        try await server.stop()
        return result
    } catch {
        try await server.stop()
        throw error
    }
}

struct RunningServer {
    let port: Int
    private let shutdown = ShutdownSignal()
    private let task: Task<Void, any Error>

    init(
        configure: (inout ServerConfiguration) -> Void = { _ in }, metrics: Metrics = Metrics(),
        handler: @escaping HTTPHandler
    ) async throws {
        var configuration = ServerConfiguration()
        configuration.sweepInterval = .milliseconds(20)
        // A busy machine may keep a test's client waiting for longer than a client deserves.
        configuration.lingerTime = .seconds(60)
        configure(&configuration)
        let ready = Event<Int>()
        let server = MicrohttpdServer(
            configuration: configuration, handler: handler, logger: .silent, metrics: metrics,
            onReady: { ready.fire($0) })
        task = Task { [shutdown] in
            do { try await server.run(until: shutdown) } catch {
                ready.fire(-1)
                throw error
            }
        }
        port = try await ready.value()
        if port < 0 { try await task.value }
    }

    var client: TestHTTPClient { TestHTTPClient(port: port) }

    func connect(receiveBuffer: Int? = nil) throws -> RawConnection {
        try RawConnection(port: port, receiveBuffer: receiveBuffer)
    }

    /// Tells the server to stop without waiting for it.
    func beginStop() { shutdown.trigger() }

    /// Stops the server and waits until it is down.
    func stop() async throws {
        shutdown.trigger()
        try await task.value
    }
}

/// Something that happens once and that a test waits for.
final class Event<Value: Sendable>: Sendable {
    private struct State {
        var value: Value?
        var waiters: [CheckedContinuation<Void, Never>] = []
    }
    private let state = Locked(State())

    func fire(_ value: Value) {
        let waiters = state.withLock { state in
            if state.value == nil { state.value = value }
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    var hasFired: Bool { state.withLock { $0.value != nil } }

    /// Waits for the value, 20 seconds at most.
    func value() async throws -> Value {
        let timeout = Task {
            try await Task.sleep(for: .seconds(20))
            wake()
        }
        await withCheckedContinuation { waiter in
            let isOver = state.withLock { state in
                if state.value == nil { state.waiters.append(waiter) }
                return state.value != nil
            }
            if isOver { waiter.resume() }
        }
        timeout.cancel()
        return try #require(state.withLock { $0.value }, "the awaited event did not come")
    }

    private func wake() {
        let waiters = state.withLock { state in
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }
}

extension Event where Value == Void {
    func fire() { fire(()) }
}

extension HTTPResponse {
    static func text(_ text: String, status: Int = 200) -> HTTPResponse {
        HTTPResponse(status: status, headers: ["Content-Type": "text/plain"], body: .bytes(Array(text.utf8)))
    }
}

/// Answers with the method, the target and how many bytes the body had.
let echo: HTTPHandler = { request in
    var count = 0
    do throws(RequestBodyError) {
        while let piece = try await request.body.next() { count += piece.count }
    } catch {
        if case .tooLarge = error { return .text("too large", status: 413) }
        return .text("\(error)", status: 400)
    }
    return .text("[\(request.method) \(request.target) \(count)]")
}
