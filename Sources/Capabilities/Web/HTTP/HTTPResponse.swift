/// What is sent back.
public struct HTTPResponse: Sendable {
    /// The status code.
    public var status: Int
    /// The header fields; `Content-Length`, `Date` and `Connection` are the server's.
    public var headers: HTTPHeaders
    /// The body.
    public var body: ResponseBody

    /// Creates a response.
    public init(status: Int, headers: HTTPHeaders = [:], body: ResponseBody = .bytes([])) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// A response's content.
public enum ResponseBody: Sendable {
    case bytes([UInt8])
    /// A span of an open file, sent by the kernel without passing through the program.
    case file(any ResponseFile, offset: Int, count: Int)
    /// Bytes written while they arise. The connection closes early when the producer throws.
    case stream(@Sendable (any ResponseWriter) async throws -> Void)
}

/// An open file whose descriptor lives as long as this object.
public protocol ResponseFile: AnyObject, Sendable {
    /// The descriptor, readable and seekable.
    var descriptor: Int32 { get }
}

/// Takes the bytes of a streamed response.
public protocol ResponseWriter: AnyObject, Sendable {
    /// Queues `bytes` and waits while the client is too far behind.
    /// - Throws: ``RequestBodyError/disconnected`` once the client is gone.
    func write(_ bytes: [UInt8]) async throws(RequestBodyError)
}

/// Answers requests; must not throw: every fault has become a response.
public typealias HTTPHandler = @Sendable (HTTPRequest) async -> HTTPResponse
