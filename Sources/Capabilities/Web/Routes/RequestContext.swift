public import Cryptography
public import Identity

/// What a handler may know about a request beside its typed inputs.
public struct RequestContext: Sendable {
    /// The id on every log line and in `X-Request-ID`.
    public let requestID: String
    /// Who asks; nil on open routes.
    public let principal: Principal?
    /// The request as it came.
    ///
    /// The body of a route with a `.body` input has been read already.
    public let request: HTTPRequest
    /// The route's path pattern, for logs and metrics: `/campaigns/{id}`.
    public let routePattern: String
    /// The client's `Idempotency-Key`, 1 to 255 printable ASCII characters, on routes that take one.
    public internal(set) var idempotencyKey: String?
    /// The bytes of the JSON body; empty without one.
    public internal(set) var bodyBytes: [UInt8]

    /// Creates a context, for tests of handlers.
    public init(
        requestID: String, principal: Principal?, request: HTTPRequest, routePattern: String,
        idempotencyKey: String? = nil, bodyBytes: [UInt8] = []
    ) {
        self.requestID = requestID
        self.principal = principal
        self.request = request
        self.routePattern = routePattern
        self.idempotencyKey = idempotencyKey
        self.bodyBytes = bodyBytes
    }

    /// What tells two requests with one idempotency key apart: a digest of method, target and JSON body.
    public var fingerprint: SHA256Digest {
        var hash = SHA256()
        // NUL between the parts, which neither of them can hold: no part can pretend to be the end of another.
        hash.update("\(request.method)\0\(request.target)\0".utf8)
        hash.update(bodyBytes)
        return hash.finalize()
    }
}
