/// Small values as JSON in a text column.
package enum JSONText {
    /// - Throws: `EncodingError`, ``PayloadTooLarge``.
    package static func encode(_ value: some Encodable) throws -> String {
        String(decoding: try Payload(encoding: value).bytes, as: UTF8.self)
    }

    /// - Throws: `DecodingError` when the text is of another type.
    package static func decode<Value: Decodable>(_ text: String) throws -> Value {
        try Payload(bytes: Array(text.utf8)).decode()
    }
}
