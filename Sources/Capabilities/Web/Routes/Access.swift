public import Identity

/// Who may use a route.
public enum Access: Sendable {
    /// Everybody.
    case open
    /// Whoever the authenticator knows.
    case protected(by: any Authenticator)

    /// Accounts of `verifier`, by HTTP Basic.
    public static func basic(_ verifier: BasicVerifier, realm: String = "atelier") -> Access {
        .protected(by: BasicAuthenticator(verifier: verifier, realm: realm))
    }
}

/// A way to prove who asks: HTTP Basic, a bearer token, an API key.
public protocol Authenticator: Sendable {
    /// How documentation describes it.
    var scheme: SecurityScheme { get }
    /// What `WWW-Authenticate` says to whoever was not let in.
    var challenge: String { get }
    /// Looks at the header fields only: the answer comes before the body is read.
    func authenticate(_ headers: HTTPHeaders) async -> Authentication
}

/// What an authenticator found.
public enum Authentication: Sendable {
    case known(Principal)
    /// No credentials of this kind were given.
    case missing
    /// They were given and are wrong; nothing says which part.
    case refused
}

/// An entry of OpenAPI's `securitySchemes`.
public struct SecurityScheme: Sendable {
    /// The name that operations refer to.
    public let name: String
    /// The definition.
    public let definition: JSONObject

    /// Creates an entry.
    public init(name: String, definition: JSONObject) {
        self.name = name
        self.definition = definition
    }
}

/// HTTP Basic over a list of accounts.
public struct BasicAuthenticator: Authenticator {
    private let verifier: BasicVerifier
    private let realm: String

    /// Creates an authenticator.
    /// - Parameter realm: What browsers show when they ask; letters, digits and spaces.
    public init(verifier: BasicVerifier, realm: String = "atelier") {
        self.verifier = verifier
        self.realm = realm
    }

    /// `http` with the scheme `basic`.
    public var scheme: SecurityScheme {
        SecurityScheme(name: "basic", definition: ["type": "http", "scheme": "basic"])
    }

    /// RFC 7617's challenge, which asks for UTF-8.
    public var challenge: String { "Basic realm=\"\(realm)\", charset=\"UTF-8\"" }

    /// Checks the `Authorization` field.
    public func authenticate(_ headers: HTTPHeaders) async -> Authentication {
        guard let authorization = headers["Authorization"] else { return .missing }
        return verifier.principal(authorization: authorization).map { .known($0) } ?? .refused
    }
}

extension Access {
    /// Who asks; nil on open routes.
    /// - Throws: 401 with the challenge.
    func admit(_ request: HTTPRequest) async throws(HTTPError) -> Principal? {
        guard case .protected(let authenticator) = self else { return nil }
        switch await authenticator.authenticate(request.headers) {
        case .known(let principal): return principal
        case .missing:
            throw .unauthorized("This needs credentials", challenge: authenticator.challenge)
        case .refused:
            throw .unauthorized("The credentials are not valid", challenge: authenticator.challenge)
        }
    }

    var scheme: SecurityScheme? { if case .protected(let authenticator) = self { authenticator.scheme } else { nil } }
}
