/// Whether a browser shows a file or saves it, and under what name.
///
/// - SeeAlso: RFC 6266; RFC 8187 for names beyond ASCII.
public enum ContentDisposition: Sendable, Equatable {
    case inline(fileName: String? = nil)
    case attachment(fileName: String)

    /// The field's text.
    ///
    /// The name is made safe: no path, no quote, no control character.
    public var text: String {
        switch self {
        case .inline(nil): "inline"
        case .inline(let name?): "inline" + Self.parameters(name)
        case .attachment(let name): "attachment" + Self.parameters(name)
        }
    }

    private static func parameters(_ name: String) -> String {
        let safe = String(
            String.UnicodeScalarView(
                name.unicodeScalars.map { scalar in
                    let isControl = scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value)
                    // Direction marks make "gpj.exe" look like a picture.
                    let isDirection =
                        (0x202a...0x202e).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
                    return isControl || isDirection || "/\\\"".unicodeScalars.contains(scalar) ? "_" : scalar
                }.prefix(200)))
        let ascii = String(safe.unicodeScalars.map { $0.isASCII ? Character($0) : "_" })
        guard ascii != safe else { return "; filename=\"\(ascii)\"" }
        return "; filename=\"\(ascii)\"; filename*=UTF-8''\(percentEncoded(safe))"
    }

    private static func percentEncoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                bytes.append(byte)
            default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
