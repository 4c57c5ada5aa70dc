internal import FoundationEssentials

/// Writes `Encodable` values as compact JSON, members in the order in which their type writes them.
///
/// It is there beside Foundation's encoder because that one writes members in another order each run, or sorted, and
/// takes nearly twice as long: it builds a tree first. Dates become ISO 8601 in UTC with milliseconds, `Data` base64; dictionaries
/// with string keys are sorted.
public enum JSONWriter {
    /// The bytes of `value`.
    /// - Throws: `EncodingError` for a number that is not finite, or what `value` throws.
    public static func bytes(of value: some Encodable) throws -> [UInt8] {
        let output = JSONOutput()
        try JSONEncoding(output: output).write(value)
        return try output.finish()
    }

    /// The text of `value`.
    public static func text(of value: some Encodable) throws -> String {
        String(decoding: try bytes(of: value), as: UTF8.self)
    }
}

extension JSONValue: Encodable {
    /// Writes the value with ``JSONWriter``; another encoder gets it member by member.
    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .array(let elements):
            var container = encoder.unkeyedContainer()
            for element in elements { try container.encode(element) }
        case .object(let object):
            var container = encoder.container(keyedBy: JSONKey.self)
            for member in object.members { try container.encode(member.value, forKey: JSONKey(member.name)) }
        default:
            var container = encoder.singleValueContainer()
            switch self {
            case .boolean(let value): try container.encode(value)
            case .integer(let value): try container.encode(value)
            case .number(let value): try container.encode(value)
            case .string(let value): try container.encode(value)
            default: try container.encodeNil()
            }
        }
    }
}

/// Any text as a key.
struct JSONKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(_ text: String) { stringValue = text }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}

/// Dictionaries whose order is ours to choose.
private protocol StringKeyed {
    func writeSorted(to encoding: JSONEncoding) throws
}

extension Dictionary: StringKeyed where Key == String, Value: Encodable {
    fileprivate func writeSorted(to encoding: JSONEncoding) throws {
        let output = encoding.output
        let serial = output.begin(object: true)
        let depth = output.depth
        for (name, value) in sorted(by: { $0.key < $1.key }) {
            try output.resume(serial, at: depth, key: name)
            try encoding.write(value)
        }
        output.close(to: depth - 1)
    }
}

/// The encoder that a value is given: all of them write to one output.
struct JSONEncoding: Encoder {
    let output: JSONOutput
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        KeyedEncodingContainer(JSONMembers<Key>(output: output))
    }
    func unkeyedContainer() -> any UnkeyedEncodingContainer { JSONElements(output: output) }
    func singleValueContainer() -> any SingleValueEncodingContainer { JSONSingle(output: output) }

    /// Writes a whole value at the current place.
    func write<Value: Encodable>(_ value: Value) throws {
        let start = output.bytes.count
        switch value {
        // Types first that would write themselves in another form.
        case let text as String: output.write(text)
        case let date as Date: output.write(date.iso8601)
        case let data as Data: output.write(data.base64EncodedString())
        case let url as URL: output.write(url.absoluteString)
        case let json as JSONValue: try output.write(json)
        case let dictionary as any StringKeyed: try dictionary.writeSorted(to: self)
        default:
            try value.encode(to: self)
            if output.bytes.count == start { output.writeEmptyObject() }
        }
    }
}
