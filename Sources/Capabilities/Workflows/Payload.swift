import FoundationEssentials

/// What travels between workflows and activities: a value as JSON, encoded once and stored as it is.
public struct Payload: Sendable, Equatable {
    /// UTF-8 JSON.
    public let bytes: [UInt8]

    /// Takes JSON as it is.
    public init(bytes: [UInt8]) { self.bytes = bytes }

    /// The most that is kept of one value, in bytes of JSON: 2 MiB, with some room for the frame that Temporal counts.
    ///
    /// What is larger belongs into the object store, and its key into the payload.
    public static let maximumByteCount = 2 * 1024 * 1024 - 1024

    /// Encodes `value` with sorted keys, so that equal values have equal bytes.
    /// - Throws: `EncodingError` when JSON cannot hold it (a NaN); ``PayloadTooLarge``.
    public init(encoding value: some Encodable) throws {
        bytes = Array(try Self.encoder.encode(value))
        try check()
    }

    /// - Throws: ``PayloadTooLarge`` beyond ``maximumByteCount``.
    public func check() throws(PayloadTooLarge) {
        guard bytes.count <= Self.maximumByteCount else { throw PayloadTooLarge(byteCount: bytes.count) }
    }

    /// Decodes the value.
    /// - Throws: `DecodingError` when it is of another type.
    public func decode<Value: Decodable>(as type: Value.Type = Value.self) throws -> Value {
        try Self.decoder.decode(type, from: Data(bytes))
    }

    /// An empty JSON object.
    public static let empty = Payload(bytes: Array("{}".utf8))

    // Shared: both are configured once here and never again, and making one costs more than encoding a small value.
    private static let encoder = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }()
    private static let decoder = JSONDecoder()
}
