private import Cryptography

/// A user name and a password as HTTP Basic carries them.
///
/// - SeeAlso: RFC 7617.
public struct BasicCredentials: Sendable {
    /// The part before the first colon.
    public let username: String
    /// The part after it, which may hold further colons.
    public let password: Password

    /// Creates credentials.
    public init(username: String, password: Password) {
        self.username = username
        self.password = password
    }

    /// Reads the value of an `Authorization` field: `Basic` in any case, spaces, base64 of `user:password` in UTF-8.
    /// - Throws: ``CredentialsFault`` that says what is wrong without repeating any of it.
    public init(authorization: String) throws(CredentialsFault) {
        let parts = authorization.split(separator: " ", maxSplits: 1)
        guard let scheme = parts.first, scheme.lowercased() == "basic" else { throw .otherScheme }
        let encoded = parts.count == 2 ? parts[1].drop { $0 == " " } : ""
        guard !encoded.isEmpty, let bytes = Base64.standard.decode(encoded) else { throw .notBase64 }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .notUTF8 }
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else { throw .noColon }
        // RFC 7617, section 2: neither part holds control characters.
        guard !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) else { throw .controlCharacter }
        username = String(text[..<colon])
        password = Password(String(text[text.index(after: colon)...]))
    }
}

/// What is wrong with an `Authorization` field.
public enum CredentialsFault: Error, Equatable {
    case otherScheme
    case notBase64
    case notUTF8
    case noColon
    case controlCharacter
}
