/// What the header lines of a multipart part say.
package struct MultipartHead: Equatable, Sendable {
    /// The form field's name.
    package let name: String
    /// What the client calls its file (`filename*` is not read: RFC 7578 section 4.2 forbids it in forms).
    package let fileName: String?
    /// What the client says the content is.
    package let contentType: String?

    /// Reads the lines between a boundary and the part's content.
    /// - Throws: ``RequestBodyError/malformed(_:)`` when there is no name.
    init(_ lines: some Sequence<UInt8>) throws(RequestBodyError) {
        var disposition: HeaderValue?
        var contentType: String?
        for line in String(decoding: Array(lines), as: UTF8.self).split(whereSeparator: \.isNewline) {
            guard let colon = line.firstIndex(of: ":") else {
                throw .malformed("A header line of a part has no colon.")
            }
            let value = line[line.index(after: colon)...].trimmingBlanks
            switch line[..<colon].lowercased() {
            case "content-disposition": disposition = HeaderValue(value)
            case "content-type": contentType = String(value)
            default: break
            }
        }
        guard let disposition, disposition.value == "form-data", let name = disposition["name"] else {
            throw .malformed("A part of the multipart body has no name.")
        }
        self.name = name
        self.fileName = disposition["filename"]
        self.contentType = contentType
    }
}

/// A header value with parameters: `form-data; name="file"; filename="a.jpg"`.
///
/// - SeeAlso: RFC 9110 section 5.6.6. As browsers do, only `\"` and `\\` are unescaped in quotes, so that a path with
///   backslashes survives.
package struct HeaderValue {
    /// What comes before the first parameter, in lower case.
    package let value: String
    private var parameters: [(name: String, value: String)] = []

    /// Reads the value.
    package init(_ text: some StringProtocol) {
        var rest = Substring(text)
        value = rest.prefix { $0 != ";" }.trimmingBlanks.lowercased()
        rest = rest.drop { $0 != ";" }
        while rest.popFirst() != nil {
            let name = rest.prefix { $0 != "=" && $0 != ";" }
            rest = rest.dropFirst(name.count)
            guard rest.first == "=" else { continue }
            rest = rest.dropFirst().drop { $0 == " " || $0 == "\t" }
            parameters.append((name.trimmingBlanks.lowercased(), Self.takeValue(&rest)))
        }
    }

    /// The first parameter of that name, in lower case.
    package subscript(name: String) -> String? { parameters.first { $0.name == name }?.value }

    /// Takes a quoted or a plain value off the front, and all up to the next semicolon.
    private static func takeValue(_ rest: inout Substring) -> String {
        guard rest.first == "\"" else {
            let plain = rest.prefix { $0 != ";" }
            rest = rest.dropFirst(plain.count)
            return String(plain.trimmingBlanks)
        }
        var value = ""
        rest = rest.dropFirst()
        while let character = rest.popFirst(), character != "\"" {
            if character == "\\", let next = rest.first, next == "\"" || next == "\\" {
                value.append(rest.removeFirst())
            } else {
                value.append(character)
            }
        }
        rest = rest.drop { $0 != ";" }
        return value
    }
}

extension StringProtocol {
    fileprivate var trimmingBlanks: SubSequence {
        let start = drop { $0 == " " || $0 == "\t" }
        guard let last = start.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return start.prefix(0) }
        return start[...last]
    }
}
