public import Concurrency
import FoundationEssentials
public import Identity
public import Web

/// Who may look after jobs: whoever has logged in as the administrator.
public struct AdminAccess: Sendable {
    private let username: String
    private let verifier: BasicVerifier
    private let tokens: AccessTokens
    private let limiter: LoginLimiter
    private let clock: any WallClock

    /// Creates the access for one account.
    public init(
        username: String, password: Password, tokens: AccessTokens, limiter: LoginLimiter = LoginLimiter(),
        clock: any WallClock
    ) {
        self.username = username
        verifier = BasicVerifier(username: username, password: password)
        self.tokens = tokens
        self.limiter = limiter
        self.clock = clock
    }

    /// Lets in whoever carries a good token of this account.
    public var access: Access {
        .protected(
            by: BearerAuthenticator { [tokens, clock, username] token in
                let principal = tokens.principal(of: token, at: clock.now)
                return principal?.name == username ? principal : nil
            })
    }

    /// Adds `POST /admin/login`.
    public func register(in router: inout Router) {
        router.add(
            Route(
                .post, "/admin/login", summary: "Log in as the administrator",
                doc: "The token goes into the Authorization field of every other request below /admin, after Bearer.",
                tags: ["Administration"], access: .open, .body(Login.schema), returns: .ok(LoginAnswer.self),
                errors: [DocumentedError(401, "The name or the password is wrong"), .tooManyRequests]
            ) { context, login in try logIn(login, from: context.request.remoteAddress) })
    }

    private func logIn(_ login: Login, from address: String) throws(HTTPError) -> LoginAnswer {
        let now = clock.now
        if let wait = limiter.attempt(from: address, at: now) {
            throw .tooManyRequests("Too many wrong passwords; wait before the next", retryAfter: wait)
        }
        let credentials = BasicCredentials(username: login.username, password: Password(login.password))
        guard let principal = verifier.principal(for: credentials) else {
            throw .unauthorized("The name or the password is wrong", challenge: "Bearer realm=\"atelier\"")
        }
        limiter.succeeded(from: address)
        let issued = tokens.issue(to: principal.name, at: now)
        return LoginAnswer(accessToken: issued.token, expiresIn: issued.expiresIn)
    }
}

/// The body of `POST /admin/login`.
struct Login: Sendable {
    let username: String
    let password: String

    static let schema: Schema<Login> = .object(
        "Login", .required("username", .string(length: 1...200), example: "admin"),
        .required("password", .string(length: 1...1000))
    ) { username, password in Login(username: username, password: password) }
}

/// The answer of `POST /admin/login`.
struct LoginAnswer: ResponseModel {
    let accessToken: String
    let tokenType = "bearer"
    let expiresIn: Int

    enum CodingKeys: String, CodingKey {
        case accessToken = "access_token"
        case tokenType = "token_type"
        case expiresIn = "expires_in"
    }

    // A token in a cache is a token in strange hands.
    var responseHeaders: HTTPHeaders { ["Cache-Control": "no-store"] }

    static let schema = JSONSchema.object(
        "LoginAnswer",
        [
            .property("access_token", .string()), .property("token_type", .enumeration(["bearer"])),
            .property("expires_in", .integer(), doc: "Seconds."),
        ])
    static let example = LoginAnswer(accessToken: "eyJhbGciOi...", expiresIn: 3600)
}
