/// An absolute web address, taken apart once and put together again from its parts, so that whoever connects reads the
/// same host as whoever checked it.
///
/// - SeeAlso: RFC 3986; of what it allows, whatever two parsers have been seen to read differently is refused.
public struct OutboundURL: Hashable, Sendable {
    /// Whether it is `https`.
    public let isSecure: Bool
    /// The host.
    public let host: OutboundHost
    /// The port, also where the URL leaves it out.
    public let port: Int
    /// Path and query, beginning with a slash.
    public let target: String

    /// Reads a URL; its fragment is dropped.
    /// - Throws: ``OutboundRefusal``.
    public init(_ text: String) throws(OutboundRefusal) {
        guard text.utf8.count <= 8192 else { throw .malformed("it is longer than 8192 bytes") }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f && $0 != UInt8(ascii: "\\") }) else {
            throw .malformed("it holds white space, a control character or a backslash")
        }
        guard let mark = text.firstRange(of: "://") else { throw .malformed("it is not absolute") }
        let scheme = text[..<mark.lowerBound].lowercased()
        guard scheme == "http" || scheme == "https" else { throw .scheme(scheme) }
        let rest = text[mark.upperBound...].prefix { $0 != "#" }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        guard !authority.contains("@") else { throw .userInformation }
        isSecure = scheme == "https"
        (host, port) = try Self.split(authority, defaultPort: scheme == "https" ? 443 : 80)
        target = Self.encoded(rest[authority.endIndex...])
    }

    private init(_ base: OutboundURL, target: String) {
        (isSecure, host, port, self.target) = (base.isSecure, base.host, base.port, target)
    }

    private static func split(
        _ authority: Substring, defaultPort: Int
    ) throws(OutboundRefusal) -> (OutboundHost, Int) {
        let afterHost = authority.hasPrefix("[") ? authority.firstIndex(of: "]") : authority.startIndex
        guard let afterHost else { throw .malformed("a bracket is missing") }
        guard let colon = authority[afterHost...].firstIndex(of: ":") else {
            return (try OutboundHost(authority), defaultPort)
        }
        let digits = authority[authority.index(after: colon)...]
        if digits.isEmpty { return (try OutboundHost(authority[..<colon]), defaultPort) }
        guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = Int(digits), (1...65535).contains(port)
        else { throw .malformed("the port is no number from 1 to 65535") }
        return (try OutboundHost(authority[..<colon]), port)
    }

    /// Path and query with every byte outside the characters of a URL percent-encoded.
    private static func encoded(_ text: Substring) -> String {
        var result = text.hasPrefix("/") ? "" : "/"
        for byte in text.utf8 {
            if byte < 0x80, !#""<>^`{|}"#.utf8.contains(byte) {
                result.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                result += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return result
    }

    /// Whether `other` has the same scheme, host and port, so that credentials may follow there.
    public func hasSameOrigin(as other: OutboundURL) -> Bool {
        isSecure == other.isSecure && host == other.host && port == other.port
    }

    /// Where `Location: reference` leads from here.
    /// - Throws: ``OutboundRefusal``.
    public func following(_ reference: String) throws(OutboundRefusal) -> OutboundURL {
        let reference = String(reference.prefix { $0 != "#" })
        let scheme = reference.prefix { $0 != ":" && $0 != "/" && $0 != "?" }
        if scheme.endIndex < reference.endIndex, reference[scheme.endIndex] == ":" { return try OutboundURL(reference) }
        let origin = (isSecure ? "https" : "http") + "://"
        if reference.hasPrefix("//") { return try OutboundURL(origin + reference.dropFirst(2)) }
        // Read as a whole URL, so that a redirect is held to the same rules.
        let path = target.prefix { $0 != "?" }
        let joined: String
        if reference.isEmpty {
            joined = target
        } else if reference.hasPrefix("/") {
            joined = reference
        } else if reference.hasPrefix("?") {
            joined = path + reference
        } else {
            joined = path[...(path.lastIndex(of: "/") ?? path.startIndex)] + reference
        }
        return OutboundURL(self, target: Self.withoutDots(try OutboundURL(origin + "a.invalid" + joined).target))
    }

    /// A path without `.` and `..` (RFC 3986, 5.2.4).
    private static func withoutDots(_ target: String) -> String {
        let path = target.prefix { $0 != "?" }
        var kept: [Substring] = []
        let segments = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        for segment in segments {
            if segment == ".." { _ = kept.popLast() } else if segment != "." { kept.append(segment) }
        }
        if segments.last == "." || segments.last == ".." { kept.append("") }
        return "/" + kept.joined(separator: "/") + target[path.endIndex...]
    }
}

extension OutboundURL: CustomStringConvertible {
    /// The whole URL in the one form that is sent.
    public var description: String { origin + target }

    /// Scheme, host and, unless it is the usual one, port.
    public var origin: String {
        let usual = isSecure ? 443 : 80
        return (isSecure ? "https://" : "http://") + host.description + (port == usual ? "" : ":\(port)")
    }
}
