import Cryptography

/// The secret that a receiver and this server share, to sign with.
///
/// - SeeAlso: Standard Webhooks 1.0, "Signature scheme".
public struct WebhookSecret: Sendable, Equatable {
    /// 24 to 64 bytes.
    let bytes: [UInt8]

    /// A new one of 32 random bytes.
    public static func random() -> WebhookSecret { WebhookSecret(recorded: randomBytes(32)) }

    /// Reads `whsec_` and 24 to 64 bytes in base64; nil for anything else.
    public init?(_ text: String) {
        guard text.hasPrefix("whsec_"), let bytes = Base64.standard.decode(text.dropFirst(6)),
            (24...64).contains(bytes.count)
        else { return nil }
        self.bytes = bytes
    }

    /// Takes bytes that were checked before they were stored.
    init(recorded bytes: [UInt8]) { self.bytes = bytes }

    /// The secret as the receiver needs it; shown once, when it is made.
    public func expose() -> String { "whsec_" + Base64.standard.encode(bytes) }

    /// The signature of a message: `v1,` and the HMAC-SHA256 of `id.timestamp.body` in base64.
    /// - Parameter timestamp: When this attempt is made, in seconds since 1970.
    public func signature(id: String, timestamp: Int, body: [UInt8]) -> String {
        "v1,"
            + Base64.standard.encode(
                hmacSHA256(key: bytes, message: Array("\(id).\(timestamp).".utf8) + body).bytes)
    }
}

extension WebhookSecret: CustomStringConvertible, CustomReflectable {
    /// `(hidden)`.
    public var description: String { "(hidden)" }
    /// Nothing, also under `dump`.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
