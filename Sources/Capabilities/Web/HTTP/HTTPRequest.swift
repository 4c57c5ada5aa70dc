/// A request as it came over the wire, before anything was decided about it.
public struct HTTPRequest: Sendable {
    /// Upper-case method: `GET`.
    public let method: String
    /// The raw request target: percent-encoded path and query, as sent.
    public let target: String
    /// The header fields in order.
    public let headers: HTTPHeaders
    /// The body, to be read once.
    public let body: any RequestBody
    /// The peer's address without its port: `127.0.0.1`.
    public let remoteAddress: String

    /// Creates a request.
    public init(method: String, target: String, headers: HTTPHeaders, body: any RequestBody, remoteAddress: String) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        self.remoteAddress = remoteAddress
    }
}

/// Header fields: ordered, names compared without case.
public struct HTTPHeaders: Sendable, ExpressibleByDictionaryLiteral {
    /// Name and value in the order they were sent or added.
    public private(set) var fields: [(name: String, value: String)]

    /// Creates the fields.
    public init(_ fields: [(name: String, value: String)] = []) { self.fields = fields }
    /// Creates the fields.
    public init(dictionaryLiteral elements: (String, String)...) {
        fields = elements.map { (name: $0.0, value: $0.1) }
    }

    /// The first value of `name`; setting replaces all of them, nil removes them.
    public subscript(name: String) -> String? {
        get { fields.first { $0.name.equalsIgnoringASCIICase(name) }?.value }
        set {
            fields.removeAll { $0.name.equalsIgnoringASCIICase(name) }
            if let newValue { fields.append((name: name, value: newValue)) }
        }
    }

    /// Adds a field beside those of the same name.
    public mutating func append(_ name: String, _ value: String) { fields.append((name: name, value: value)) }
}

extension String {
    /// Whether both are the same but for the case of A to Z.
    func equalsIgnoringASCIICase(_ other: String) -> Bool {
        utf8.count == other.utf8.count
            && zip(utf8, other.utf8).allSatisfy { left, right in
                left == right || (left | 0x20 == right | 0x20 && (97...122).contains(left | 0x20))
            }
    }
}

/// A request's body, read once, in order, with backpressure: what is not read is not received.
public protocol RequestBody: AnyObject, Sendable {
    /// What `Content-Length` says; nil for a chunked body.
    var announcedLength: Int? { get }

    /// The next piece, or nil at the end.
    /// - Throws: ``RequestBodyError``.
    func next() async throws(RequestBodyError) -> [UInt8]?

    /// Reads the whole body as `multipart/form-data`, writing each part's content to a file of its own.
    /// - Parameters:
    ///   - limits: How much of what is accepted.
    ///   - folder: Where spooled files go; whoever called removes them (``SpooledPart/remove()``).
    /// - Throws: ``RequestBodyError``; spooled files are removed then.
    func multipart(limits: MultipartLimits, spoolingTo folder: String) async throws(RequestBodyError) -> [SpooledPart]
}

/// Why a body could not be read.
public enum RequestBodyError: Error, Equatable {
    /// The client went away, or stalled beyond the deadline.
    case disconnected
    /// More bytes than `limit`.
    case tooLarge(limit: Int)
    /// The body is not what its header says.
    case malformed(String)
    /// The content type is not one that can be read.
    case unsupported(String)
    /// The disk that spools the body is full.
    case noRoom
}

/// How much of a multipart body is accepted.
public struct MultipartLimits: Sendable {
    /// Parts.
    public var parts: Int
    /// Bytes in one part.
    public var bytesInPart: Int
    /// Creates limits.
    public init(parts: Int, bytesInPart: Int) {
        self.parts = parts
        self.bytesInPart = bytesInPart
    }
}

/// One part of a multipart body, in a file.
public struct SpooledPart: Sendable {
    /// The form field's name.
    public let name: String
    /// What the client calls its file: a label to show, never a path.
    public let fileName: String?
    /// What the client says the content is; judge by content instead.
    public let contentType: String?
    /// The file that holds the content.
    public let path: String
    /// Its size in bytes.
    public let byteCount: Int

    /// Creates a part.
    public init(name: String, fileName: String?, contentType: String?, path: String, byteCount: Int) {
        self.name = name
        self.fileName = fileName
        self.contentType = contentType
        self.path = path
        self.byteCount = byteCount
    }
}
