public import Identity

/// A token in the `Authorization` field.
///
/// - SeeAlso: RFC 6750, section 2.1.
public struct BearerAuthenticator: Authenticator {
    private let principal: @Sendable (String) async -> Principal?

    /// Creates an authenticator.
    /// - Parameter principal: Whose a token is; nil when it is not good.
    public init(principal: @escaping @Sendable (String) async -> Principal?) { self.principal = principal }

    /// `http` with the scheme `bearer`.
    public var scheme: SecurityScheme {
        SecurityScheme(
            name: "bearer", definition: ["type": "http", "scheme": "bearer", "bearerFormat": "JWT"])
    }

    /// RFC 6750's challenge.
    public var challenge: String { "Bearer realm=\"atelier\"" }

    /// Checks the `Authorization` field: `Bearer` in any case, one space, the token.
    public func authenticate(_ headers: HTTPHeaders) async -> Authentication {
        guard let authorization = headers["Authorization"] else { return .missing }
        let parts = authorization.split(separator: " ", maxSplits: 1)
        guard let scheme = parts.first, scheme.lowercased() == "bearer" else { return .missing }
        guard parts.count == 2, let known = await principal(String(parts[1])) else { return .refused }
        return .known(known)
    }
}
