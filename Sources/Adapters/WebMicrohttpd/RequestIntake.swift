import CMicrohttpd
import Concurrency
import Observability
import Web

/// What happens in the library's callbacks: connections come and go, requests begin, move on and end.
final class RequestIntake: Sendable {
    enum Phase {
        case serving
        /// Requests are still answered, each as the last of its connection.
        case stopping
        /// Nothing is answered any more.
        case closing
    }

    let configuration: ServerConfiguration
    let table: ConnectionTable
    private let handler: HTTPHandler
    private let logger: Logger
    private let phase = Locked(Phase.serving)

    init(configuration: ServerConfiguration, handler: @escaping HTTPHandler, logger: Logger, metrics: Metrics) {
        self.configuration = configuration
        self.handler = handler
        self.logger = logger
        table = ConnectionTable(configuration, metrics: metrics)
    }

    func enter(_ next: Phase) { phase.withLock { $0 = next } }

    func opened(_ connection: OpaquePointer) -> ClientConnection {
        let client = ClientConnection(
            descriptor: atelier_mhd_descriptor(connection), address: addressText(atelier_mhd_peer(connection)))
        table.insert(client)
        return client
    }

    func closed(_ client: ClientConnection) {
        client.close()
        table.remove(client)
    }

    /// The library calls this for the head of a request, for each piece of its body and for its end, and again after
    /// every suspension; `context` is the request's own and empty at first.
    func access(
        _ connection: OpaquePointer, _ method: UnsafePointer<CChar>, _ version: UnsafePointer<CChar>,
        _ bytes: UnsafeRawBufferPointer, _ size: UnsafeMutablePointer<Int>,
        _ context: UnsafeMutablePointer<UnsafeMutableRawPointer?>
    ) -> MHD_Result {
        if let known = context.pointee {
            return advance(Unmanaged<Exchange>.fromOpaque(known).takeUnretainedValue(), connection, bytes, size)
        }
        guard let client = Self.client(of: connection) else { return .NO }
        let exchange: Exchange
        do throws(HeadFault) {
            let head = try ReceivedHead(
                connection: connection, method: method, target: client.target, version: version,
                byteLimit: configuration.maximumHeaderBytes)
            exchange = Exchange(connection, client: client, head: head, configuration: configuration)
        } catch {
            return Answer.queue(Answer.fault(error.status, error.detail), on: connection, from: nil, closes: true)
        }
        context.pointee = Unmanaged.passRetained(exchange).toOpaque()
        client.begin(exchange)
        return begin(exchange, connection, size)
    }

    private func begin(
        _ exchange: Exchange, _ connection: OpaquePointer, _ size: UnsafeMutablePointer<Int>
    ) -> MHD_Result {
        // Read after the exchange was made known: whoever enters the phase either is seen here or finds the exchange.
        guard phase.withLock({ $0 }) != .closing else { return .NO }
        if let length = exchange.announcedLength, length > configuration.maximumBodyBytes {
            let detail = "The body is over \(configuration.maximumBodyBytes) bytes."
            exchange.answer(with: Answer.fault(413, detail))
        } else {
            handle(exchange)
        }
        // Without a body the library calls again at once, for the end of the request. An answer queued now already,
        // before that end, would make it close the connection.
        guard exchange.head.framing != .none else { return .YES }
        return advance(exchange, connection, UnsafeRawBufferPointer(start: nil, count: 0), size)
    }

    private func handle(_ exchange: Exchange) {
        let request = HTTPRequest(
            method: exchange.head.method, target: exchange.head.target, headers: exchange.head.headers, body: exchange,
            remoteAddress: exchange.client.address)
        // Immediate: up to its first suspension the handler runs on this very thread, and an answer that needs no wait
        // goes out without the connection having been suspended (1.5 times the requests a second of a plain task).
        // Handlers must not block, but neither may they on the cooperative threads, of which there are as few.
        let task = Task.immediate { [handler, logger] in
            let response = await handler(request)
            exchange.answer(with: response)
            guard case .stream(let produce) = response.body, request.method != "HEAD" else { return }
            if let error = await exchange.stream(produce) {
                logger.warning("a streamed answer broke off", ["error": .text("\(error)")])
            }
        }
        exchange.keep(task)
    }

    private func advance(
        _ exchange: Exchange, _ connection: OpaquePointer, _ bytes: UnsafeRawBufferPointer,
        _ size: UnsafeMutablePointer<Int>
    ) -> MHD_Result {
        switch exchange.advance(with: bytes) {
        case .took:
            size.pointee = 0
            return .YES
        case .parked: return .YES
        case .close: return .NO
        case .send(let response):
            let isStopping = phase.withLock { $0 } != .serving
            if isStopping { exchange.endEvents() }
            return Answer.queue(
                response, on: connection, from: exchange, closes: isStopping || exchange.head.mustClose)
        }
    }

    /// The request is over, answered or not.
    func completed(_ exchange: Exchange) {
        exchange.client.endExchange()
        exchange.complete()
    }

    static func client(of connection: OpaquePointer) -> ClientConnection? {
        atelier_mhd_socket_context(connection).map { Unmanaged<ClientConnection>.fromOpaque($0).takeUnretainedValue() }
    }
}
