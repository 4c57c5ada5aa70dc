public import Concurrency

/// One message of an event stream.
///
/// - SeeAlso: WHATWG HTML, 9.2 (server-sent events).
public struct ServerSentEvent: Sendable, Equatable {
    /// What a client that comes back sends as `Last-Event-ID`.
    public var id: String?
    /// The kind, for `addEventListener`; nil is `message`.
    public var name: String?
    /// The content; line breaks are kept.
    public var data: String
    /// How long the client waits before it connects again.
    public var retry: Duration?

    /// Creates a message.
    public init(id: String? = nil, name: String? = nil, data: String, retry: Duration? = nil) {
        self.id = id
        self.name = name
        self.data = data
        self.retry = retry
    }

    /// Creates a message with `value` as JSON.
    public init(id: String? = nil, name: String? = nil, json value: some Encodable) throws {
        self.init(id: id, name: name, data: try JSONWriter.text(of: value))
    }

    /// The bytes on the wire, with the empty line that ends a message.
    public var bytes: [UInt8] {
        var text = ""
        // A line break in them would begin a field of its own; NUL in an id makes clients drop it.
        if let id { text += "id: \(id.firstLine)\n" }
        if let name { text += "event: \(name.firstLine)\n" }
        if let retry { text += "retry: \(Int(retry.seconds * 1000))\n" }
        for line in data.lines { text += "data: \(line)\n" }
        return Array((text + "\n").utf8)
    }
}

/// Sends messages to one client.
public struct EventStream: Sendable {
    private let writer: any ResponseWriter

    init(_ writer: any ResponseWriter) { self.writer = writer }

    /// Sends `event` and waits while the client is too far behind.
    /// - Throws: ``RequestBodyError/disconnected`` once the client is gone.
    public func send(_ event: ServerSentEvent) async throws { try await writer.write(event.bytes) }

    /// A line that clients skip, so that everything between sees that the connection lives.
    fileprivate func sendHeartbeat() async throws { try await writer.write(Array(": \n\n".utf8)) }
}

extension HTTPResponse {
    /// A stream of events that ends when `produce` returns or the client leaves, which cancels it.
    /// - Parameters:
    ///   - heartbeat: How often something is sent at least: shorter than proxies' patience, which is often a minute.
    ///   - clock: Measures the heartbeat.
    public static func events(
        heartbeat: Duration = .seconds(15), clock: any WallClock = SystemClock(),
        _ produce: @escaping @Sendable (EventStream) async throws -> Void
    ) -> HTTPResponse {
        // X-Accel-Buffering: nginx otherwise holds messages back until a buffer is full.
        let headers: HTTPHeaders = [
            "Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no",
        ]
        let body = ResponseBody.stream { writer in
            let stream = EventStream(writer)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await produce(stream) }
                group.addTask {
                    while true {
                        try await clock.sleep(for: heartbeat)
                        try await stream.sendHeartbeat()
                    }
                }
                // Whichever ends first ends both: the producer is done, or a write found the client gone.
                defer { group.cancelAll() }
                try await group.next()
            }
        }
        return HTTPResponse(status: 200, headers: headers, body: body)
    }
}

extension String {
    /// The lines between `\n`, `\r` and `\r\n`; one empty line for an empty text.
    fileprivate var lines: [Substring] {
        split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r" || $0 == "\r\n" }
    }
    fileprivate var firstLine: String {
        String(lines.first ?? "").filter { $0 != "\0" }
    }
}
