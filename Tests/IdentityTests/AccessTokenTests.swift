import Cryptography
import Foundation
import Identity
import Testing

@Suite struct `An access token` {
    private static let secret = "a secret of more than thirty-two characters"
    private static let now = Date(timeIntervalSince1970: 1_767_225_600)
    private let tokens = AccessTokens(secret: secret, lifetimeInSeconds: 600)

    @Test func `names whom it was made for until it expires`() {
        let issued = tokens.issue(to: "admin", at: Self.now)
        #expect(issued.expiresIn == 600)
        #expect(tokens.principal(of: issued.token, at: Self.now) == Principal(name: "admin", scheme: "bearer"))
        #expect(tokens.principal(of: issued.token, at: Self.now.addingTimeInterval(599)) != nil)
        #expect(tokens.principal(of: issued.token, at: Self.now.addingTimeInterval(600)) == nil)
        // From another machine, whose clock is ahead by more than clocks are.
        #expect(tokens.principal(of: issued.token, at: Self.now.addingTimeInterval(-61)) == nil)
    }

    /// Signs `claims` under `header`, as whoever knows the secret could.
    private static func forge(
        _ header: String = #"{"alg":"HS256","typ":"JWT"}"#, _ changes: [String: Any?] = [:], secret: String = secret
    ) throws -> String {
        let time = Int(now.timeIntervalSince1970)
        var claims: [String: Any] = [
            "iss": "atelier", "aud": "atelier-admin", "sub": "admin", "typ": "access", "iat": time, "nbf": time,
            "exp": time + 600,
        ]
        for (name, value) in changes { claims[name] = value }
        let payload = try JSONSerialization.data(withJSONObject: claims)
        let signed = [Array(header.utf8), Array(payload)].map { Base64.url.encode($0) }.joined(separator: ".")
        return signed + "."
            + Base64.url.encode(hmacSHA256(key: Array(secret.utf8), message: Array(signed.utf8)).bytes)
    }

    @Test func `is accepted from another program that keeps to the form`() throws {
        #expect(tokens.principal(of: try Self.forge(), at: Self.now)?.name == "admin")
    }

    @Test(arguments: [
        #"{"alg":"none","typ":"JWT"}"#, #"{"alg":"None"}"#, #"{"alg":"HS512","typ":"JWT"}"#,
        #"{"alg":"RS256","typ":"JWT"}"#, #"{"alg":"HS256","typ":"JWT","kid":"../../dev/null"}"#,
        #"{"alg":"HS256","typ":"JWT","jku":"http://example.com/keys"}"#,
        #"{"alg":"HS256","typ":"JWT","jwk":{"kty":"oct","k":"AAAA"}}"#, #"{"alg":"HS256","typ":"at+jwt"}"#, "{}", "",
    ])
    func `does not choose how it is checked`(header: String) throws {
        let token = try Self.forge(header)
        #expect(tokens.principal(of: token, at: Self.now) == nil)
        let unsigned = token.split(separator: ".", omittingEmptySubsequences: false).prefix(2).joined(separator: ".")
        #expect(tokens.principal(of: unsigned + ".", at: Self.now) == nil)
    }

    @Test func `with other claims is refused`() throws {
        let time = Int(Self.now.timeIntervalSince1970)
        let changes: [[String: Any?]] = [
            ["iss": "elsewhere"], ["aud": "atelier-files"], ["aud": ["atelier-admin"]], ["typ": "refresh"],
            ["nbf": time + 120], ["iat": time + 120], ["exp": time], ["exp": time - 1], ["exp": "\(time + 600)"],
            ["exp": 1e300], ["sub": 7],
        ]
        for change in changes {
            #expect(tokens.principal(of: try Self.forge(changes: change), at: Self.now) == nil, "\(change)")
        }
        for name in ["iss", "aud", "sub", "typ", "iat", "nbf", "exp"] {
            #expect(tokens.principal(of: try Self.forge(changes: [name: NSNull()]), at: Self.now) == nil, "\(name)")
        }
    }

    private static func forge(changes: [String: Any?]) throws -> String {
        try forge(#"{"alg":"HS256","typ":"JWT"}"#, changes)
    }

    @Test func `that was changed in any place, or signed with another secret, is refused`() throws {
        let token = tokens.issue(to: "admin", at: Self.now).token
        for index in token.indices {
            var changed = token
            changed.replaceSubrange(index...index, with: token[index] == "A" ? "B" : "A")
            #expect(tokens.principal(of: changed, at: Self.now) == nil)
        }
        #expect(tokens.principal(of: try Self.forge(secret: "another"), at: Self.now) == nil)
        for garbage in ["", ".", "..", "...", token + ".", token + "=", String(repeating: "A", count: 10_000)] {
            #expect(tokens.principal(of: garbage, at: Self.now) == nil)
        }
    }
}

extension `An access token` {
    private static func forge(secret: String) throws -> String {
        try forge(#"{"alg":"HS256","typ":"JWT"}"#, [:], secret: secret)
    }
}

@Suite struct `Wrong passwords` {
    private let now = Date(timeIntervalSince1970: 1_767_225_600)

    @Test func `are slowed down for each address by itself`() {
        let limiter = LoginLimiter(burst: 3, secondsAToken: 10)
        for _ in 1...3 { #expect(limiter.attempt(from: "a", at: now) == nil) }
        #expect(limiter.attempt(from: "a", at: now) == .seconds(10))
        #expect(limiter.attempt(from: "b", at: now) == nil)
        #expect(limiter.attempt(from: "a", at: now.addingTimeInterval(10)) == nil)
        #expect(limiter.attempt(from: "a", at: now.addingTimeInterval(10)) != nil)
    }

    @Test func `are what counts: right ones cost nothing`() {
        let limiter = LoginLimiter(burst: 2, secondsAToken: 10)
        for _ in 1...50 {
            #expect(limiter.attempt(from: "a", at: now) == nil)
            limiter.succeeded(from: "a")
        }
    }

    @Test func `from ever new addresses do not fill the memory`() {
        let limiter = LoginLimiter(burst: 1, secondsAToken: 10, addressLimit: 100)
        for number in 1...1000 { #expect(limiter.attempt(from: "\(number)", at: now) == nil) }
        #expect(limiter.attempt(from: "1000", at: now) != nil)
    }
}
