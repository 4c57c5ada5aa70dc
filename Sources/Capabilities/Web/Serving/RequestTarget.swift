/// A request's path and query, percent-decoded and checked.
///
/// Each segment is decoded by itself, so an encoded slash stays inside its segment.
/// - SeeAlso: RFC 3986, sections 2.1, 3.3 and 3.4; RFC 9112, section 3.2.
struct RequestTarget: Sendable {
    /// The segments between slashes; none for `/`, a last empty one for a path that ends in a slash.
    let segments: [String]
    /// The parameters in order; one without `=` has an empty value.
    let query: [(name: String, value: String)]

    private static let maximumParameterCount = 100

    /// - Throws: 400 that says what is wrong.
    init(_ target: String) throws(HTTPError) {
        for byte in target.utf8 where !(0x21...0x7e).contains(byte) || byte == UInt8(ascii: "#") {
            throw .badRequest("The request target holds a character that must be percent-encoded")
        }
        let parts = Self.originForm(of: target).split(
            separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard let path = parts.first, path.utf8.first == UInt8(ascii: "/") else {
            throw .badRequest("The request target must begin with a slash")
        }
        segments = try Self.segments(of: path.dropFirst())
        query = parts.count == 2 ? try Self.query(in: parts[1]) : []
    }

    /// The target without scheme and authority, which proxies' clients put in front.
    private static func originForm(of target: String) -> Substring {
        guard target.utf8.first != UInt8(ascii: "/"), let scheme = target.firstRange(of: "://") else {
            return target[...]
        }
        let rest = target[scheme.upperBound...]
        return rest.firstIndex(of: "/").map { rest[$0...] } ?? "/"
    }

    private static func segments(of path: Substring) throws(HTTPError) -> [String] {
        guard !path.isEmpty else { return [] }
        var segments: [String] = []
        for part in path.split(separator: "/", omittingEmptySubsequences: false) {
            let segment = try decode(part)
            guard segment != ".", segment != ".." else {
                throw .badRequest("The path climbs with '.' or '..'")
            }
            segments.append(segment)
        }
        return segments
    }

    private static func query(in text: Substring) throws(HTTPError) -> [(name: String, value: String)] {
        var query: [(name: String, value: String)] = []
        for pair in text.split(separator: "&") {
            guard query.count < maximumParameterCount else {
                throw .badRequest("The query has more than \(maximumParameterCount) parameters")
            }
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let value = halves.count == 2 ? try decode(halves[1], plusIsSpace: true) : ""
            query.append((name: try decode(halves[0], plusIsSpace: true), value: value))
        }
        return query
    }

    private static func decode(_ text: Substring, plusIsSpace: Bool = false) throws(HTTPError) -> String {
        let plus = UInt8(ascii: "+")
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "%") || plusIsSpace && $0 == plus }) else {
            return String(text)
        }
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(plusIsSpace && byte == plus ? 0x20 : byte)
                continue
            }
            guard let high = rest.popFirst()?.hexDigitValue, let low = rest.popFirst()?.hexDigitValue else {
                throw .badRequest("The request target has a '%' that two hexadecimal digits do not follow")
            }
            bytes.append(high << 4 | low)
        }
        // A query may hold line breaks, which its schema allows or not; NUL is never right.
        guard !bytes.contains(where: { $0 == 0 || !plusIsSpace && ($0 < 0x20 || $0 == 0x7f) }) else {
            throw .badRequest("The request target holds an encoded control character")
        }
        guard let decoded = String(validating: bytes, as: UTF8.self) else {
            throw .badRequest("The request target is not valid UTF-8 once decoded")
        }
        return decoded
    }
}

extension UInt8 {
    fileprivate var hexDigitValue: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
