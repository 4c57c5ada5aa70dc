/// What a typed route answers with: JSON, and its description.
public protocol ResponseModel: Encodable, Sendable {
    /// The shape, which the encoded value must have.
    static var schema: JSONSchema { get }
    /// A value that documentation shows.
    static var example: Self { get }
    /// Fields beside the usual ones, such as `Location`.
    var responseHeaders: HTTPHeaders { get }
}

extension ResponseModel {
    /// None.
    public var responseHeaders: HTTPHeaders { [:] }
}

/// Nothing: for 204.
public struct NoContent: ResponseModel {
    /// Creates it.
    public init() {}
    /// No shape at all.
    public static var schema: JSONSchema { JSONSchema([:]) }
    /// The only value.
    public static var example: NoContent { NoContent() }
}

/// The status and the type that a route answers with when all is well.
public struct Returns<Reply: ResponseModel>: Sendable {
    let status: Int
    let doc: String

    /// Creates a description.
    /// - Parameter doc: One sentence for the documentation.
    public init(status: Int, doc: String) {
        self.status = status
        self.doc = doc
    }

    /// 200.
    public static func ok(_ type: Reply.Type, doc: String = "Success") -> Returns { Returns(status: 200, doc: doc) }
    /// 201: made by this request.
    public static func created(_ type: Reply.Type, doc: String = "Created") -> Returns {
        Returns(status: 201, doc: doc)
    }
    /// 202: taken on, not done yet.
    public static func accepted(_ type: Reply.Type, doc: String = "Accepted") -> Returns {
        Returns(status: 202, doc: doc)
    }

    func response(_ reply: Reply) throws -> HTTPResponse {
        Reply.self == NoContent.self
            ? HTTPResponse(status: status, headers: reply.responseHeaders) : try .json(reply, status: status)
    }

    var documented: DocumentedResponse {
        Reply.self == NoContent.self
            ? DocumentedResponse(status: status, doc: doc) : .json(status: status, doc: doc, Reply.self)
    }
}

extension Returns where Reply == NoContent {
    /// 204.
    public static var noContent: Returns { Returns(status: 204, doc: "Done; there is nothing to say") }
}

/// A response as documentation shows it.
public struct DocumentedResponse: Sendable {
    let status: Int
    let doc: String
    let mediaType: String?
    let schema: JSONSchema?
    let example: JSONValue?

    /// Creates a description.
    public init(
        status: Int, doc: String, mediaType: String? = nil, schema: JSONSchema? = nil, example: JSONValue? = nil
    ) {
        self.status = status
        self.doc = doc
        self.mediaType = mediaType
        self.schema = schema
        self.example = example
    }
}

/// An error that a route's own logic gives, beside those that its inputs and its access imply.
public struct DocumentedError: Sendable {
    let status: Int
    let doc: String

    /// Creates a description.
    public init(_ status: Int, _ doc: String) {
        self.status = status
        self.doc = doc
    }

    /// 404.
    public static let notFound = DocumentedError(404, "There is no such thing")
    /// 409.
    public static let conflict = DocumentedError(409, "It is not in a state for this, or the same request is under way")
    /// 429.
    public static let tooManyRequests = DocumentedError(429, "Too often; Retry-After says when to come back")
    /// 503.
    public static let unavailable = DocumentedError(503, "Not now; Retry-After says when to come back")
}

/// A request body that a raw route reads itself, as documentation shows it.
public struct DocumentedBody: Sendable {
    let mediaType: String
    let schema: JSONSchema
    let doc: String?

    /// Creates a description.
    public init(mediaType: String, schema: JSONSchema, doc: String? = nil) {
        self.mediaType = mediaType
        self.schema = schema
        self.doc = doc
    }

    /// A form with one file.
    public static func multipart(file name: String, doc: String? = nil) -> DocumentedBody {
        let file = JSONSchema(["type": "string", "contentMediaType": "application/octet-stream"])
        return DocumentedBody(
            mediaType: "multipart/form-data", schema: .object(nil, [.property(name, file)]), doc: doc)
    }
}
