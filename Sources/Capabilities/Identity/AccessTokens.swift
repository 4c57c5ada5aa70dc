private import Cryptography
public import FoundationEssentials

/// Makes and checks the tokens that an administrator carries: JWT, signed with HMAC-SHA256 and nothing else.
///
/// Only tokens of the exact header that is written here are looked at, so nothing in a token chooses how it is checked.
///
/// - SeeAlso: RFC 7519 (JWT), RFC 8725 (best current practice).
public struct AccessTokens: Sendable {
    /// A token and how long it is good.
    public struct Issued: Sendable, Equatable {
        /// The token.
        public let token: String
        /// Seconds.
        public let expiresIn: Int
    }
    /// What a token says; every member must be there.
    private struct Claims: Codable {
        let iss: String
        let aud: String
        let sub: String
        let typ: String
        let iat: Int
        let nbf: Int
        let exp: Int
    }

    private static let header = Base64.url.encode(Array(#"{"alg":"HS256","typ":"JWT"}"#.utf8))
    private static let issuer = "atelier"
    private static let audience = "atelier-admin"
    private static let kind = "access"
    private static let longest = 4096
    /// How far the clocks of two machines may be apart, in seconds.
    private static let leeway = 60
    private let key: [UInt8]
    private let lifetimeInSeconds: Int

    /// - Parameters:
    ///   - secret: At least 32 characters that nobody can guess.
    ///   - lifetimeInSeconds: How long a token is good.
    public init(secret: String, lifetimeInSeconds: Int = 3600) {
        key = Array(secret.utf8)
        self.lifetimeInSeconds = lifetimeInSeconds
    }

    /// Makes a token for `name`.
    public func issue(to name: String, at now: Date) -> Issued {
        let time = Int(now.timeIntervalSince1970)
        let claims = Claims(
            iss: Self.issuer, aud: Self.audience, sub: name, typ: Self.kind, iat: time, nbf: time,
            exp: time + lifetimeInSeconds)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let payload: Data
        do { payload = try encoder.encode(claims) } catch {
            preconditionFailure("texts and numbers always have a JSON form, but: \(error)")
        }
        let signed = Self.header + "." + Base64.url.encode(Array(payload))
        return Issued(token: signed + "." + Base64.url.encode(signature(of: signed)), expiresIn: lifetimeInSeconds)
    }

    /// Whose `token` is; nil when it was not made here, has been changed, or is not good now.
    public func principal(of token: String, at now: Date) -> Principal? {
        guard token.utf8.count <= Self.longest else { return nil }
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == Self.header, let given = Base64.url.decode(parts[2]),
            constantTimeEquals(given, signature(of: parts[0] + "." + parts[1])),
            let payload = Base64.url.decode(parts[1])
        else { return nil }
        // Signed here, so it can be read unless another version signed it: then it is refused like any other.
        guard let claims = try? JSONDecoder().decode(Claims.self, from: Data(payload)) else { return nil }
        let time = Int(now.timeIntervalSince1970)
        guard claims.iss == Self.issuer, claims.aud == Self.audience, claims.typ == Self.kind,
            claims.nbf <= time + Self.leeway, claims.iat <= time + Self.leeway, claims.exp > time
        else { return nil }
        return Principal(name: claims.sub, scheme: "bearer")
    }

    private func signature(of text: some StringProtocol) -> [UInt8] {
        hmacSHA256(key: key, message: Array(text.utf8)).bytes
    }
}
