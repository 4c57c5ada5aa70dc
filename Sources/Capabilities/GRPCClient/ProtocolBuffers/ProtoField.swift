/// How one field of a message is read and written.
public struct ProtoField<Message>: Sendable {
    let number: Int
    let write: @Sendable (Message, inout ProtoWriter) -> Void
    let read: @Sendable (inout Message, ProtoValue) throws(ProtoFault) -> Void
}

/// A property of a message.
public typealias ProtoPath<Message, Value> = any WritableKeyPath<Message, Value> & Sendable

// Scalars: the default is not written.
extension ProtoField {
    /// `string`.
    public static func string(_ number: Int, _ path: ProtoPath<Message, String>) -> Self {
        Self(number: number) { message, writer in
            if !message[keyPath: path].isEmpty { writer.bytes(number, message[keyPath: path].utf8) }
        } read: { (message, value) throws(ProtoFault) in
            message[keyPath: path] = try value.text(number)
        }
    }

    /// `bytes`.
    public static func bytes(_ number: Int, _ path: ProtoPath<Message, [UInt8]>) -> Self {
        Self(number: number) { message, writer in
            if !message[keyPath: path].isEmpty { writer.bytes(number, message[keyPath: path]) }
        } read: { (message, value) throws(ProtoFault) in
            message[keyPath: path] = Array(try value.slice(number))
        }
    }

    /// `int32`, `int64`, and the number of an `enum`.
    public static func integer(_ number: Int, _ path: ProtoPath<Message, Int>) -> Self {
        Self(number: number) { message, writer in
            if message[keyPath: path] != 0 { writer.varint(number, UInt64(bitPattern: Int64(message[keyPath: path]))) }
        } read: { (message, value) throws(ProtoFault) in
            message[keyPath: path] = try value.integer(number)
        }
    }

    /// `bool`.
    public static func bool(_ number: Int, _ path: ProtoPath<Message, Bool>) -> Self {
        Self(number: number) { message, writer in
            if message[keyPath: path] { writer.varint(number, 1) }
        } read: { (message, value) throws(ProtoFault) in
            message[keyPath: path] = try value.integer(number) != 0
        }
    }

    /// `double`.
    public static func double(_ number: Int, _ path: ProtoPath<Message, Double>) -> Self {
        Self(number: number) { message, writer in
            if message[keyPath: path] != 0 { writer.fixed64(number, message[keyPath: path].bitPattern) }
        } read: { (message, value) throws(ProtoFault) in
            guard case .fixed64(let bits) = value else { throw .wrongType(field: number) }
            message[keyPath: path] = Double(bitPattern: bits)
        }
    }

    /// `float`.
    public static func float(_ number: Int, _ path: ProtoPath<Message, Float>) -> Self {
        Self(number: number) { message, writer in
            if message[keyPath: path] != 0 { writer.fixed32(number, message[keyPath: path].bitPattern) }
        } read: { (message, value) throws(ProtoFault) in
            guard case .fixed32(let bits) = value else { throw .wrongType(field: number) }
            message[keyPath: path] = Float(bitPattern: bits)
        }
    }
}

// Messages, lists and maps.
extension ProtoField {
    /// A message that may be absent.
    public static func message<Part: ProtoMessage>(_ number: Int, _ path: ProtoPath<Message, Part?>) -> Self {
        Self(number: number) { message, writer in
            if let part = message[keyPath: path] { writer.bytes(number, part.protoBytes) }
        } read: { (message, value) throws(ProtoFault) in
            message[keyPath: path] = try value.message(number)
        }
    }

    /// `repeated` messages, and a message within a message of its own type, which Swift holds as a list of one.
    public static func messages<Part: ProtoMessage>(_ number: Int, _ path: ProtoPath<Message, [Part]>) -> Self {
        Self(number: number) { message, writer in
            for part in message[keyPath: path] { writer.bytes(number, part.protoBytes) }
        } read: { (message, value) throws(ProtoFault) in
            message[keyPath: path].append(try value.message(number))
        }
    }

    /// `repeated string`.
    public static func strings(_ number: Int, _ path: ProtoPath<Message, [String]>) -> Self {
        Self(number: number) { message, writer in
            for text in message[keyPath: path] { writer.bytes(number, text.utf8) }
        } read: { (message, value) throws(ProtoFault) in
            message[keyPath: path].append(try value.text(number))
        }
    }

    /// `map<string, Part>`.
    public static func map<Part: ProtoMessage>(_ number: Int, _ path: ProtoPath<Message, [String: Part]>) -> Self {
        Self(number: number) { message, writer in
            for (key, part) in message[keyPath: path].sorted(by: { $0.key < $1.key }) {
                writer.bytes(number, ProtoEntry(key: key, value: part.protoBytes).protoBytes)
            }
        } read: { (message, value) throws(ProtoFault) in
            let entry: ProtoEntry = try value.message(number)
            message[keyPath: path][entry.key] = try Part(reading: entry.value[...], depth: value.depth - 1)
        }
    }

    /// `map<string, bytes>`.
    public static func bytesMap(_ number: Int, _ path: ProtoPath<Message, [String: [UInt8]]>) -> Self {
        Self(number: number) { message, writer in
            for (key, value) in message[keyPath: path].sorted(by: { $0.key < $1.key }) {
                writer.bytes(number, ProtoEntry(key: key, value: value).protoBytes)
            }
        } read: { (message, value) throws(ProtoFault) in
            let entry: ProtoEntry = try value.message(number)
            message[keyPath: path][entry.key] = entry.value
        }
    }
}

/// One pair of a map, which is a message of two fields.
private struct ProtoEntry: ProtoMessage {
    var key = ""
    var value: [UInt8] = []
    static let fields: [ProtoField<Self>] = [.string(1, \.key), .bytes(2, \.value)]
}

extension ProtoValue {
    func message<Part: ProtoMessage>(_ number: Int) throws(ProtoFault) -> Part {
        try Part(reading: try slice(number), depth: depth)
    }
    fileprivate var depth: Int { if case .bytes(_, let depth) = self { depth } else { 0 } }
    fileprivate func slice(_ number: Int) throws(ProtoFault) -> ArraySlice<UInt8> {
        guard case .bytes(let slice, _) = self else { throw .wrongType(field: number) }
        return slice
    }
    fileprivate func text(_ number: Int) throws(ProtoFault) -> String {
        String(decoding: try slice(number), as: UTF8.self)
    }
    fileprivate func integer(_ number: Int) throws(ProtoFault) -> Int {
        guard case .varint(let value) = self else { throw .wrongType(field: number) }
        return Int(truncatingIfNeeded: Int64(bitPattern: value))
    }
}
