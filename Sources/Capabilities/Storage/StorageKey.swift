/// An object's name: segments of safe characters joined by `/`.
///
/// A key is checked when it is made, so whoever holds one may turn it into a path or a URL without looking again.
public struct StorageKey: Hashable, Sendable, CustomStringConvertible {
    /// The key's text.
    public let description: String

    /// Checks `text`: 1 to 512 bytes; segments of at most 255 bytes out of letters, digits, `._- @+(),:'!&=~#` and
    /// letters and marks beyond ASCII; no segment is empty or begins with a dot.
    /// - Throws: ``StorageError/invalidKey(_:)`` that says what is wrong.
    public init(_ text: String) throws(StorageError) {
        if let fault = Self.fault(in: text) { throw .invalidKey(fault) }
        description = text
    }

    /// A key below this one.
    public func appending(_ segment: String) throws(StorageError) -> StorageKey {
        try StorageKey(description + "/" + segment)
    }

    static func fault(in text: String) -> String? {
        guard !text.isEmpty else { return "the key is empty" }
        guard text.utf8.count <= 512 else { return "the key is longer than 512 bytes" }
        guard !text.hasPrefix("/") else { return "the key is absolute; give a path relative to the store" }
        for segment in text.split(separator: "/", omittingEmptySubsequences: false) {
            if segment.isEmpty { return "the key has an empty segment" }
            if segment == "." || segment == ".." { return "the key climbs with '.' or '..'" }
            if segment.hasPrefix(".") { return "a segment begins with a dot" }
            if segment.utf8.count > 255 { return "a segment is longer than 255 bytes" }
            for scalar in segment.unicodeScalars where !isAllowed(scalar) {
                return "the key holds a character that is not allowed (U+\(String(scalar.value, radix: 16)))"
            }
        }
        return nil
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII {
            let byte = UInt8(scalar.value)
            return (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || "._- @+(),:'!&=~#".utf8.contains(byte)
        }
        switch scalar.properties.generalCategory {
        // Marks: file systems that take letters apart write é as e and an accent.
        case .nonspacingMark, .spacingMark: return true
        default: return scalar.properties.isAlphabetic || scalar.properties.numericType != nil
        }
    }
}

extension StorageKey: Codable {
    /// Reads the text and checks it.
    public init(from decoder: any Decoder) throws {
        try self.init(String(from: decoder))
    }
    /// Writes the text.
    public func encode(to encoder: any Encoder) throws { try description.encode(to: encoder) }
}
