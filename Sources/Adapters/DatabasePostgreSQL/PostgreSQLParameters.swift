import Database

/// The values of a statement in the form in which the library takes them, in memory that is used again.
///
/// Numbers and texts go as text, bytes as they are. A statement is prepared with numbers as 64-bit ones, so that one that
/// is compared with a smaller column may be out of its range; every other type the server takes from its place.
struct PostgreSQLParameters {
    private static let nothing = -1
    /// The server's types of the values last bound; 0 for what it is to find out.
    private(set) var types: [UInt32] = []
    private var bytes: [CChar] = []
    private var offsets: [Int] = []
    private var lengths: [Int32] = []
    private var formats: [Int32] = []

    /// - Throws: ``Database/DatabaseError/statement(_:)`` for a text with a NUL, which PostgreSQL cannot store, and for
    ///   more values than a statement may have.
    mutating func bind(_ values: [SQLValue]) throws(DatabaseError) {
        guard values.count <= 65_535 else {
            throw .statement("a statement has \(values.count) values, more than 65535")
        }
        bytes.removeAll(keepingCapacity: true)
        offsets.removeAll(keepingCapacity: true)
        lengths.removeAll(keepingCapacity: true)
        formats.removeAll(keepingCapacity: true)
        types.removeAll(keepingCapacity: true)
        for value in values {
            types.append(Self.type(of: value))
            switch value {
            case .null:
                offsets.append(Self.nothing)
                lengths.append(0)
                formats.append(0)
            case .integer(let number): add(text: String(number))
            case .real(let number): add(text: String(number))
            case .text(let text):
                guard !text.utf8.contains(0) else {
                    throw .statement("a text holds a NUL, which PostgreSQL cannot store")
                }
                add(text: text)
            case .blob(let content):
                begin(format: 1)
                content.withUnsafeBytes { bytes.append(contentsOf: $0.bindMemory(to: CChar.self)) }
                lengths.append(Int32(content.count))
                // So that a pointer to empty bytes points somewhere: null would be no value.
                bytes.append(0)
            }
        }
    }

    private static func type(of value: SQLValue) -> UInt32 {
        switch value {
        case .integer: PostgreSQLType.int8.rawValue
        case .real: PostgreSQLType.float8.rawValue
        case .null, .text, .blob: 0
        }
    }

    private mutating func add(text: String) {
        begin(format: 0)
        var text = text
        text.withUTF8 { utf8 in utf8.withMemoryRebound(to: CChar.self) { bytes.append(contentsOf: $0) } }
        bytes.append(0)
        lengths.append(0)
    }

    private mutating func begin(format: Int32) {
        offsets.append(bytes.count)
        formats.append(format)
    }

    func withPointers<Result>(
        _ body: (
            _ count: Int32, _ values: UnsafePointer<UnsafePointer<CChar>?>?, _ lengths: UnsafePointer<Int32>?,
            _ formats: UnsafePointer<Int32>?
        ) -> Result
    ) -> Result {
        bytes.withUnsafeBufferPointer { buffer in
            let pointers = offsets.map { offset in
                offset == Self.nothing ? nil : buffer.baseAddress.map { $0 + offset }
            }
            return pointers.withUnsafeBufferPointer { pointers in
                lengths.withUnsafeBufferPointer { lengths in
                    formats.withUnsafeBufferPointer { formats in
                        body(Int32(offsets.count), pointers.baseAddress, lengths.baseAddress, formats.baseAddress)
                    }
                }
            }
        }
    }
}
