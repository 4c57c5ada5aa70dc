/// The members of an object being written.
struct JSONMembers<Key: CodingKey>: KeyedEncodingContainerProtocol {
    private let output: JSONOutput
    private let serial: Int
    private let depth: Int
    var codingPath: [any CodingKey] { [] }

    init(output: JSONOutput) {
        self.output = output
        serial = output.begin(object: true)
        depth = output.depth
    }

    private func begin(_ key: some CodingKey) throws { try output.resume(serial, at: depth, key: key.stringValue) }

    mutating func encodeNil(forKey key: Key) throws {
        try begin(key)
        output.writeNull()
    }
    mutating func encode(_ value: String, forKey key: Key) throws {
        try begin(key)
        output.write(value)
    }
    mutating func encode(_ value: Int, forKey key: Key) throws {
        try begin(key)
        output.write(value)
    }
    mutating func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
        try begin(key)
        try JSONEncoding(output: output).write(value)
    }
    mutating func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
        output.attempt { try begin(key) }
        return KeyedEncodingContainer(JSONMembers<Nested>(output: output))
    }
    mutating func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        output.attempt { try begin(key) }
        return JSONElements(output: output)
    }
    mutating func superEncoder() -> any Encoder {
        output.attempt { try begin(JSONKey("super")) }
        return JSONEncoding(output: output)
    }
    mutating func superEncoder(forKey key: Key) -> any Encoder {
        output.attempt { try begin(key) }
        return JSONEncoding(output: output)
    }
}

/// The elements of an array being written.
struct JSONElements: UnkeyedEncodingContainer {
    private let output: JSONOutput
    private let serial: Int
    private let depth: Int
    private(set) var count = 0
    var codingPath: [any CodingKey] { [] }

    init(output: JSONOutput) {
        self.output = output
        serial = output.begin(object: false)
        depth = output.depth
    }

    private mutating func begin() throws {
        try output.resume(serial, at: depth)
        count += 1
    }

    mutating func encodeNil() throws {
        try begin()
        output.writeNull()
    }
    mutating func encode<Value: Encodable>(_ value: Value) throws {
        try begin()
        try JSONEncoding(output: output).write(value)
    }
    mutating func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type
    ) -> KeyedEncodingContainer<Nested> {
        output.attempt { try begin() }
        return KeyedEncodingContainer(JSONMembers<Nested>(output: output))
    }
    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
        output.attempt { try begin() }
        return JSONElements(output: output)
    }
    mutating func superEncoder() -> any Encoder {
        output.attempt { try begin() }
        return JSONEncoding(output: output)
    }
}

/// A value that stands alone.
struct JSONSingle: SingleValueEncodingContainer {
    let output: JSONOutput
    var codingPath: [any CodingKey] { [] }

    mutating func encodeNil() throws { output.writeNull() }
    mutating func encode(_ value: Bool) throws { output.write(value) }
    mutating func encode(_ value: String) throws { output.write(value) }
    mutating func encode(_ value: Double) throws { try output.write(value) }
    // Not `Double(value)`: it would show the digits that a float never had.
    mutating func encode(_ value: Float) throws {
        guard value.isFinite else { return try output.write(Double(value)) }
        output.writeNumber(value.description)
    }
    mutating func encode(_ value: Int) throws { output.write(value) }
    mutating func encode(_ value: Int8) throws { output.write(value) }
    mutating func encode(_ value: Int16) throws { output.write(value) }
    mutating func encode(_ value: Int32) throws { output.write(value) }
    mutating func encode(_ value: Int64) throws { output.write(value) }
    mutating func encode(_ value: UInt) throws { output.write(value) }
    mutating func encode(_ value: UInt8) throws { output.write(value) }
    mutating func encode(_ value: UInt16) throws { output.write(value) }
    mutating func encode(_ value: UInt32) throws { output.write(value) }
    mutating func encode(_ value: UInt64) throws { output.write(value) }
    mutating func encode<Value: Encodable>(_ value: Value) throws { try JSONEncoding(output: output).write(value) }
}
