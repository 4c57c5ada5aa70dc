/// A field's content as it stands on the wire.
enum ProtoValue {
    case varint(UInt64)
    case fixed64(UInt64)
    case fixed32(UInt32)
    /// Text, bytes or a message, and how deep a message here may still go.
    case bytes(ArraySlice<UInt8>, depth: Int)
}

/// Takes a message apart into its fields.
struct ProtoReader {
    private var rest: ArraySlice<UInt8>
    private let depth: Int

    /// - Parameter depth: How many messages may lie within each other from here on: a few hostile bytes for each would
    ///   else use up the stack.
    /// - Throws: ``ProtoFault/tooDeep`` when that is used up.
    init(_ bytes: ArraySlice<UInt8>, depth: Int) throws(ProtoFault) {
        guard depth > 0 else { throw .tooDeep }
        rest = bytes
        self.depth = depth
    }

    /// The next field and its number; nil at the end.
    mutating func next() throws(ProtoFault) -> (number: Int, value: ProtoValue)? {
        if rest.isEmpty { return nil }
        let tag = try varint()
        let number = Int(truncatingIfNeeded: tag >> 3)
        switch tag & 7 {
        case 0: return (number, .varint(try varint()))
        case 1: return (number, .fixed64(try fixed(8)))
        case 2:
            let count = try varint()
            guard count <= UInt64(rest.count) else { throw .truncated }
            return (number, .bytes(take(Int(count)), depth: depth - 1))
        case 5: return (number, .fixed32(UInt32(truncatingIfNeeded: try fixed(4))))
        case let type: throw .unknownWireType(Int(type))
        }
    }

    private mutating func take(_ count: Int) -> ArraySlice<UInt8> {
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    private mutating func varint() throws(ProtoFault) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: 0, to: 70, by: 7) {
            guard let byte = rest.popFirst() else { throw .truncated }
            value |= UInt64(byte & 0x7f) << UInt64(shift)
            if byte < 0x80 { return value }
        }
        throw .truncated
    }

    private mutating func fixed(_ count: Int) throws(ProtoFault) -> UInt64 {
        guard rest.count >= count else { throw .truncated }
        return take(count).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}

/// Puts a message together.
struct ProtoWriter {
    private(set) var bytes: [UInt8] = []

    mutating func varint(_ number: Int, _ value: UInt64) {
        append(UInt64(number) << 3)
        append(value)
    }

    mutating func fixed64(_ number: Int, _ value: UInt64) {
        append(UInt64(number) << 3 | 1)
        for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(shift))) }
    }

    mutating func fixed32(_ number: Int, _ value: UInt32) {
        append(UInt64(number) << 3 | 5)
        for shift in stride(from: 0, to: 32, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> UInt32(shift))) }
    }

    mutating func bytes(_ number: Int, _ content: some Collection<UInt8>) {
        append(UInt64(number) << 3 | 2)
        append(UInt64(content.count))
        bytes.append(contentsOf: content)
    }

    private mutating func append(_ value: UInt64) {
        var value = value
        while value >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: value) | 0x80)
            value >>= 7
        }
        bytes.append(UInt8(value))
    }
}
