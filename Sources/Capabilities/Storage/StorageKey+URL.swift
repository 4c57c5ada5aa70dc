extension StorageKey {
    /// The key as the path of a URL: everything but letters, digits and `-._~/` as `%XX` of its UTF-8 bytes.
    ///
    /// - SeeAlso: RFC 3986, section 2.
    public var percentEncoded: String {
        var text: [UInt8] = []
        let digits = Array("0123456789ABCDEF".utf8)
        for byte in description.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"), UInt8(ascii: "/"):
                text.append(byte)
            default: text += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Reads the path of a URL, in which any byte may be written as `%XX`, and checks the key.
    /// - Throws: ``StorageError/invalidKey(_:)``, also for a `%` without two digits and for bytes that are not UTF-8.
    public init(percentEncoded text: some StringProtocol) throws(StorageError) {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = rest.prefix(2)
            guard digits.count == 2, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            else { throw .invalidKey("the key has a % without two hexadecimal digits") }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        guard let decoded = String(validating: bytes, as: UTF8.self) else {
            throw .invalidKey("the key is not UTF-8")
        }
        try self.init(decoded)
    }
}
