/// The answer to a request; its body is still on its way.
public struct OutboundResponse: Sendable {
    /// The status code, 200 to 599.
    public var status: Int
    /// The header fields.
    public var headers: OutboundHeaders
    /// Where it came from, after redirects.
    public var url: OutboundURL
    /// The body.
    ///
    /// One that is not read to its end is broken off when nobody refers to it any more.
    public var body: OutboundStream

    /// Creates a response; for clients.
    public init(status: Int, headers: OutboundHeaders, url: OutboundURL, body: OutboundStream) {
        self.status = status
        self.headers = headers
        self.url = url
        self.body = body
    }

    /// Whether the status is 200 to 299.
    public var isSuccess: Bool { (200..<300).contains(status) }

    /// Reads the whole body.
    /// - Throws: ``OutboundError``, `.tooLarge` when it is longer than `limit` bytes; `CancellationError`.
    public func collect(upTo limit: Int) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        for try await piece in body {
            guard bytes.count + piece.count <= limit else {
                throw OutboundError(.tooLarge(limit: limit), delivery: .maybeSent)
            }
            bytes += piece
        }
        return bytes
    }
}

/// The pieces of a body, each as it comes; what is not asked for stays with the sender.
///
/// It can be read once.
public struct OutboundStream: AsyncSequence, Sendable {
    private let source: any OutboundStreamSource

    /// Reads from `source`; for clients.
    public init(_ source: any OutboundStreamSource) { self.source = source }

    /// Begins, or goes on, to read.
    public func makeAsyncIterator() -> Iterator { Iterator(source: source) }

    /// Asks for one piece after the other.
    public struct Iterator: AsyncIteratorProtocol {
        let source: any OutboundStreamSource

        /// The next piece, never empty; nil at the end.
        /// - Throws: ``OutboundError`` or `CancellationError`.
        public func next() async throws -> [UInt8]? { try await source.next() }
    }
}

/// Where a client's answers come from.
///
/// It breaks off what nobody reads when it is released.
public protocol OutboundStreamSource: AnyObject, Sendable {
    /// The next piece, never empty; nil at the end.
    func next() async throws -> [UInt8]?
}
