/// Which pages elsewhere may call this API from a browser.
///
/// A wildcard together with credentials cannot be said, because it would hand every site the user's session.
/// - SeeAlso: the CORS protocol of the WHATWG Fetch standard.
public enum CORSPolicy: Sendable, Equatable {
    /// None: the browser's same-origin rule holds.
    case sameOrigin
    /// Pages of the listed origins, exactly as browsers send them: `https://shop.example`.
    case origins([String], allowsCredentials: Bool = false)
    /// Every page, without cookies.
    case everywhere

    static let requestHeaders =
        "Authorization, Content-Type, Idempotency-Key, If-None-Match, Last-Event-ID, Range, X-API-Key, X-Request-ID"
    static let responseHeaders =
        "Content-Disposition, Content-Range, ETag, Location, Retry-After, WWW-Authenticate, X-Request-ID"

    /// Adds what every response to `request` carries.
    func apply(to headers: inout HTTPHeaders, for request: HTTPRequest) {
        guard let origin = allowedOrigin(for: request, headers: &headers) else { return }
        headers["Access-Control-Allow-Origin"] = origin
        headers["Access-Control-Expose-Headers"] = Self.responseHeaders
        if case .origins(_, allowsCredentials: true) = self { headers["Access-Control-Allow-Credentials"] = "true" }
    }

    /// Adds what a browser asks for before it sends the real request.
    func applyPreflight(to headers: inout HTTPHeaders, for request: HTTPRequest, methods: [String]) {
        guard let wanted = request.headers["Access-Control-Request-Method"], methods.contains(wanted) else { return }
        guard allowedOrigin(for: request, headers: &headers) != nil else { return }
        headers["Access-Control-Allow-Methods"] = methods.joined(separator: ", ")
        headers["Access-Control-Allow-Headers"] = Self.requestHeaders
        headers["Access-Control-Max-Age"] = "600"
    }

    private func allowedOrigin(for request: HTTPRequest, headers: inout HTTPHeaders) -> String? {
        switch self {
        case .sameOrigin: return nil
        case .everywhere: return request.headers["Origin"] == nil ? nil : "*"
        case .origins(let origins, _):
            // Also without an Origin: a cache must not give this answer to a page of another one.
            headers.addVary("Origin")
            guard let origin = request.headers["Origin"], origins.contains(origin) else { return nil }
            return origin
        }
    }
}

extension HTTPHeaders {
    /// Adds `name` to the `Vary` field unless it is there.
    mutating func addVary(_ name: String) {
        guard let value = self["Vary"] else { return self["Vary"] = name }
        let names = value.split(separator: ",").map { $0.drop { $0 == " " } }
        if !names.contains(where: { String($0).equalsIgnoringASCIICase(name) }) { self["Vary"] = value + ", " + name }
    }
}
