import Cryptography
public import FoundationEssentials

/// Makes and checks links to objects that work for a while and for nobody who did not get one.
///
/// A link is `/files/{key}?exp={unix seconds}&kid={key id}&sig={signature}`. The signature is HMAC-SHA256, in base64url,
/// over the method, the object's key, the expiry and the key's id. The query has exactly this form: a link with
/// anything added, left out or in another order is refused.
public struct URLSigner: Sendable {
    /// A secret that signs, and the short public name by which links refer to it.
    public struct Key: Sendable {
        let id: String
        let secret: [UInt8]

        /// Creates a key.
        /// - Parameters:
        ///   - id: 1 to 32 letters, digits, `-` or `_`.
        ///   - secret: At least 16 bytes nobody can guess.
        public init(id: String, secret: [UInt8]) {
            precondition((1...32).contains(id.utf8.count) && id.utf8.allSatisfy(isNameByte), "\(id) is no key id")
            precondition(secret.count >= 16, "a signing secret has at least 16 bytes; this one has \(secret.count)")
            self.id = id
            self.secret = secret
        }
    }

    private let keys: [Key]
    private let base: String

    /// Creates a signer with its secrets.
    ///
    /// The first of `keys` signs and all of them verify, so that links survive a change of secret:
    /// put the new one first and take the old one away when its last link has expired.
    /// - Parameter base: What stands before an object's key.
    public init(keys: [Key], base: String = "/files/") {
        precondition(!keys.isEmpty, "a signer needs a key")
        self.keys = keys
        self.base = base
    }

    /// A link, relative to the public URL, that lets its holder fetch `key` until `expiry`.
    public func link(to key: StorageKey, until expiry: Date) -> String {
        base + key.percentEncoded + "?" + query(for: key, Int(expiry.timeIntervalSince1970.rounded(.up)), keys[0])
    }

    /// Checks the request `method` for `key` with `query`, the text after the `?` as it came.
    ///
    /// `HEAD` is what `GET` is without the bytes, so the same link serves both.
    /// - Throws: ``LinkRefusal``.
    public func verify(method: String, key: StorageKey, query: String, now: Date) throws(LinkRefusal) {
        guard method == "GET" || method == "HEAD" else { throw .invalid }
        let fields = query.split(separator: "&", omittingEmptySubsequences: false)
        guard fields.count == 3, fields[0].hasPrefix("exp="), fields[1].hasPrefix("kid="),
            let expiry = Int(fields[0].dropFirst(4)),
            let signing = keys.first(where: { $0.id == fields[1].dropFirst(4) })
        else { throw .invalid }
        // The whole query is compared, so a second spelling of the same number or signature does not pass either.
        guard constantTimeEquals(query, self.query(for: key, expiry, signing)) else { throw .invalid }
        guard now.timeIntervalSince1970 < Double(expiry) else { throw .expired }
    }

    private func query(for object: StorageKey, _ expiry: Int, _ signing: Key) -> String {
        // Line ends cannot occur in any part, so no two requests share a message.
        let message = "atelier-link-1\nGET\n\(object)\n\(expiry)\n\(signing.id)"
        let signature = hmacSHA256(key: signing.secret, message: Array(message.utf8))
        return "exp=\(expiry)&kid=\(signing.id)&sig=\(Base64.url.encode(signature.bytes))"
    }
}

/// Why a link does not open.
public enum LinkRefusal: Error, Equatable, CustomStringConvertible {
    /// It was signed by us, but its time is over.
    case expired
    /// It is not one of ours, or not any more.
    case invalid

    /// One sentence for the client.
    public var description: String {
        switch self {
        case .expired: "the link has expired; ask for a new one"
        case .invalid: "the link is not valid"
        }
    }
}

private func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
        true
    default: false
    }
}
