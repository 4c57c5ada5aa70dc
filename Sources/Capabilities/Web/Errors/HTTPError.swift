/// A fault as the client gets it: `{"detail": ...}` with a status.
public struct HTTPError: Error, Sendable {
    /// What `detail` holds.
    public enum Detail: Sendable, Equatable {
        /// A sentence: what was wrong and what to change.
        case text(String)
        /// Every fault of a request that did not pass validation.
        case faults([Fault])
    }

    /// The status code, 400 to 599.
    public var status: Int
    /// What went wrong.
    public var detail: Detail
    /// Fields beside those that every response has: `Retry-After`, `Allow`.
    public var headers: HTTPHeaders

    /// Creates an error.
    public init(_ status: Int, _ detail: Detail, headers: HTTPHeaders = [:]) {
        self.status = status
        self.detail = detail
        self.headers = headers
    }

    private init(_ status: Int, _ text: String, _ headers: HTTPHeaders = [:]) {
        self.init(status, .text(text), headers: headers)
    }
}

/// An error that knows what the client shall be told.
///
/// Every other error is answered with 500 and a request id, and its description goes to the log only.
public protocol HTTPConvertibleError: Error {
    /// The public half: no stack, no secret, no path of the host.
    var httpError: HTTPError { get }
}

extension HTTPError: HTTPConvertibleError {
    /// Itself.
    public var httpError: HTTPError { self }
}

/// A request whose content does not pass: 422 with every fault.
public struct ValidationError: HTTPConvertibleError, Equatable {
    /// What is wrong; never empty.
    public let faults: [Fault]

    /// Creates an error.
    public init(_ faults: [Fault]) { self.faults = faults }

    /// Creates an error with one fault.
    public init(at location: [Fault.Place], _ message: String, type: String = "value_error") {
        self.init([Fault(at: location, message, type: type)])
    }

    /// 422.
    public var httpError: HTTPError { HTTPError(422, .faults(faults)) }
}

extension HTTPError {
    /// 400: the request makes no sense as HTTP.
    public static func badRequest(_ text: String) -> HTTPError { HTTPError(400, text) }
    /// 401: the client must prove who it is; `challenge` says how.
    public static func unauthorized(_ text: String, challenge: String) -> HTTPError {
        HTTPError(401, text, ["WWW-Authenticate": challenge])
    }
    /// 403: the client is known and may not.
    public static func forbidden(_ text: String) -> HTTPError { HTTPError(403, text) }
    /// 404: there is no such thing.
    public static func notFound(_ text: String = "There is nothing at this path") -> HTTPError { HTTPError(404, text) }
    /// 405: the path takes only the methods `allow`.
    public static func methodNotAllowed(_ method: String, allow: [String]) -> HTTPError {
        let methods = allow.joined(separator: ", ")
        return HTTPError(405, "This path does not take \(method); it takes \(methods)", ["Allow": methods])
    }
    /// 409: the thing is not in a state for it.
    public static func conflict(_ text: String) -> HTTPError { HTTPError(409, text) }
    /// 413: the body is too large.
    public static func tooLarge(limitInBytes: Int) -> HTTPError {
        HTTPError(413, "The body is too large; at most \(limitInBytes) bytes are accepted")
    }
    /// 415: the body is of a kind that is not read here.
    public static func unsupportedMediaType(_ text: String) -> HTTPError { HTTPError(415, text) }
    /// 429: too often; the client may come back after `retryAfter` (rounded up to whole seconds).
    public static func tooManyRequests(_ text: String, retryAfter: Duration) -> HTTPError {
        HTTPError(429, text, ["Retry-After": retryAfter.wholeSeconds])
    }
    /// 503: not now; the client may come back after `retryAfter` (rounded up to whole seconds).
    public static func unavailable(_ text: String, retryAfter: Duration) -> HTTPError {
        HTTPError(503, text, ["Retry-After": retryAfter.wholeSeconds])
    }
    /// 500: our fault; the cause is in the log under `requestID`.
    public static func internalError(requestID: String) -> HTTPError {
        HTTPError(500, "Internal error; quote request id \(requestID) when you report it")
    }
}

extension Duration {
    /// Whole seconds as a header field has them, rounded up, at least 1: 0 would invite a busy loop.
    fileprivate var wholeSeconds: String {
        let (seconds, attoseconds) = components
        return String(max(1, seconds + (attoseconds > 0 ? 1 : 0)))
    }
}

extension RequestBodyError: HTTPConvertibleError {
    /// What the client, if it is still there, is told.
    public var httpError: HTTPError {
        switch self {
        case .disconnected: .badRequest("The body ended before it was complete")
        case .tooLarge(let limit): .tooLarge(limitInBytes: limit)
        case .malformed(let reason): .badRequest(reason)
        case .unsupported(let reason): .unsupportedMediaType(reason)
        case .noRoom: .unavailable("The server has no room for the body at the moment", retryAfter: .seconds(30))
        }
    }
}
