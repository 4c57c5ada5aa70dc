import Concurrency
import HTTPClient

/// A thread and the exchanges it carries out.
///
/// The thread starts with the first request and ends with ``stop()``.
final class TransferThread: Sendable {
    /// What others ask of the thread.
    enum Command: Sendable {
        case start(Exchange, OutboundRequest, BodyFeed?, OutboundPolicy, limit: Duration)
        /// There is room for more of the answer, or more of the request's body.
        case goOn(Int)
        case cancel(Int)
    }

    private struct State {
        var inbox: [Command] = []
        var isStarted = false
        var isStopping = false
        var isOver = false
        var next = 0
        var count = 0
        var closers: [CheckedContinuation<Void, Never>] = []
    }
    private let state = Locked(State())
    private let name: String
    private let multi: MultiHandle
    private let configuration: CurlHTTPClient.Configuration

    init(name: String, _ configuration: CurlHTTPClient.Configuration) {
        self.name = name
        self.configuration = configuration
        multi = MultiHandle(configuration)
    }

    /// Sends one request, without its redirects.
    /// - Parameter limit: The whole time that the caller was given, for the error.
    func perform(
        _ request: OutboundRequest, under policy: OutboundPolicy, limit: Duration
    ) async throws -> OutboundResponse {
        let exchange = try makeExchange()
        let feed = BodyFeed(request.body) { [weak self] in self?.post(.goOn(exchange.id)) }
        return try await withTaskCancellationHandler {
            post(.start(exchange, request, feed, policy, limit: limit))
            let head = try await exchange.head()
            return OutboundResponse(
                status: head.status, headers: head.headers, url: request.url,
                body: OutboundStream(ExchangeReader(exchange)))
        } onCancel: {
            exchange.cancel()
        }
    }

    private func makeExchange() throws -> Exchange {
        let id: Int? = state.withLock { state in
            guard !state.isStopping, state.count < configuration.maximumRequests else { return nil }
            state.count += 1
            state.next += 1
            return state.next
        }
        guard let id else { throw OutboundError(.overloaded, delivery: .neverSent) }
        return Exchange(id: id) { [weak self] command in self?.post(command) }
    }

    /// Hands `command` to the thread; after the end nobody is left to take it.
    private func post(_ command: Command) {
        enum Next { case start, wake, nothing }
        let next: Next = state.withLock { state in
            guard !state.isStopping else { return .nothing }
            state.inbox.append(command)
            defer { state.isStarted = true }
            return state.isStarted ? .wake : .start
        }
        switch next {
        case .start: start()
        case .wake: multi.wake()
        case .nothing: if case .start(let exchange, _, _, _, _) = command { exchange.finish(CancellationError()) }
        }
    }

    private func start() {
        let loop = TransferLoop(name: name, multi: multi, configuration)
        // Ends with `stop`, which the client calls at the latest when it is released.
        Task { await loop.run(self) }
    }

    /// Tells the thread to break off what is under way and to end.
    func stop() {
        state.withLock { $0.isStopping = true }
        multi.wake()
    }

    /// Ends the thread and waits for it.
    func close() async {
        stop()
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if state.isOver || !state.isStarted { return true }
                state.closers.append(continuation)
                return false
            }
            if isOver { continuation.resume() }
        }
    }
}

// What the thread itself calls.
extension TransferThread {
    /// What came since the last call, and whether the thread is to end: then nothing more will come.
    func takeInbox() -> (commands: [Command], isLast: Bool) {
        state.withLock { state in
            defer { state.inbox = [] }
            return (state.inbox, state.isStopping)
        }
    }

    /// An exchange has ended.
    func noteEnd() { state.withLock { $0.count -= 1 } }

    /// The thread has ended.
    func noteOver() {
        let closers = state.withLock { state in
            state.isOver = true
            defer { state.closers = [] }
            return state.closers
        }
        for closer in closers { closer.resume() }
    }
}
