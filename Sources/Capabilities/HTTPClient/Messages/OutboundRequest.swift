/// A request to another server.
public struct OutboundRequest: Sendable {
    /// `GET`, `POST`.
    public var method: String
    /// Where to.
    public var url: OutboundURL
    /// The fields besides those that frame the message.
    public var headers: OutboundHeaders
    /// What is sent along.
    public var body: OutboundBody
    /// Whether the other side may see it twice without harm.
    ///
    /// One that may not travels on a connection of its own: on a used one, whose other end may just have closed it, it
    /// would be sent again without anybody being told.
    public var isRepeatable: Bool

    /// Creates a request.
    /// - Parameter isRepeatable: Nil for what the method says: yes for all but POST and PATCH.
    public init(
        _ method: String = "GET", _ url: OutboundURL, headers: OutboundHeaders = [:], body: OutboundBody = .none,
        isRepeatable: Bool? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.isRepeatable = isRepeatable ?? (method != "POST" && method != "PATCH")
    }
}

extension OutboundRequest {
    /// - Throws: ``OutboundRefusal`` for a method or a header field that would change the message's frame.
    package func check() throws(OutboundRefusal) {
        guard (1...16).contains(method.utf8.count), method.utf8.allSatisfy({ (0x41...0x5a).contains($0) }) else {
            throw .malformed("its method is no word of capital letters")
        }
        try headers.check()
    }
}

/// What a request sends along.
public enum OutboundBody: Sendable {
    /// Nothing.
    case none
    /// Bytes in memory.
    case bytes([UInt8])
    /// Pieces that are asked for as the other side takes them; nil is the end.
    ///
    /// - `length`: Bytes in all; nil to send them in chunks. Fewer or more are an error.
    case stream(length: Int?, next: @Sendable () async throws -> [UInt8]?)
}
