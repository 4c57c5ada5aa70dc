/// A message of Protocol Buffers, described by its fields.
///
/// ```swift
/// struct WorkflowExecution: ProtoMessage {
///     var workflowID = ""
///     var runID = ""
///     static let fields: [ProtoField<Self>] = [.string(1, \.workflowID), .string(2, \.runID)]
/// }
/// ```
///
/// Fields that are not described are skipped when reading. What is absent keeps the value of `init()`, so scalars start
/// as the format's default: empty, 0, false.
///
/// - SeeAlso: Protocol Buffers, "Encoding".
public protocol ProtoMessage: Sendable {
    /// The empty message.
    init()
    /// Every field that is read or written.
    static var fields: [ProtoField<Self>] { get }
}

extension ProtoMessage {
    /// Reads a message.
    /// - Throws: ``ProtoFault`` when the bytes are cut or a field is of another type than described.
    public init(protoBytes bytes: [UInt8]) throws(ProtoFault) {
        // As deep as Google's own readers go.
        try self.init(reading: bytes[...], depth: 100)
    }

    init(reading bytes: ArraySlice<UInt8>, depth: Int) throws(ProtoFault) {
        self.init()
        var reader = try ProtoReader(bytes, depth: depth)
        let fields = Self.fields
        while let (number, value) = try reader.next() {
            // A handful of fields: looking through them is quicker than a table.
            for field in fields where field.number == number { try field.read(&self, value) }
        }
    }

    /// The message as bytes; the order of the fields is that of their description.
    public var protoBytes: [UInt8] {
        var writer = ProtoWriter()
        for field in Self.fields { field.write(self, &writer) }
        return writer.bytes
    }
}

/// Bytes that are not the message they should be.
public enum ProtoFault: Error, Equatable {
    /// They end in the middle of a field.
    case truncated
    /// A group or a wire type that is not in use.
    case unknownWireType(Int)
    /// A field holds another type than described.
    case wrongType(field: Int)
    /// A time that the format does not allow.
    case outOfRange(field: Int)
    /// More than a hundred messages within each other.
    case tooDeep
}
