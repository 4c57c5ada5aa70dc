/// The header fields of a message, in order.
public struct OutboundHeaders: Sendable, Equatable, ExpressibleByDictionaryLiteral {
    /// One field.
    public struct Field: Sendable, Equatable {
        /// Its name as written.
        public var name: String
        /// Its value.
        public var value: String
    }

    /// All fields.
    public private(set) var fields: [Field] = []

    /// No fields.
    public init() {}

    /// Fields of which each name stands once.
    public init(dictionaryLiteral elements: (String, String)...) {
        fields = elements.map { Field(name: $0.0, value: $0.1) }
    }

    /// The first value of `name`, whatever its case; setting it replaces all of that name.
    public subscript(name: String) -> String? {
        get { fields.first { $0.name.lowercased() == name.lowercased() }?.value }
        set {
            fields.removeAll { $0.name.lowercased() == name.lowercased() }
            if let newValue { add(name, newValue) }
        }
    }

    /// Adds a field beside those of the same name.
    public mutating func add(_ name: String, _ value: String) { fields.append(Field(name: name, value: value)) }

    /// Only the fields whose name, in lower case, is one of `names`.
    public func only(_ names: Set<String>) -> OutboundHeaders {
        var kept = OutboundHeaders()
        kept.fields = fields.filter { names.contains($0.name.lowercased()) }
        return kept
    }

    /// - Throws: ``OutboundRefusal/header(name:)`` for a field that would change the message's frame.
    package func check() throws(OutboundRefusal) {
        let own: Set = ["host", "content-length", "transfer-encoding", "connection", "expect", "upgrade", "te"]
        for field in fields {
            let isName = !field.name.isEmpty && field.name.utf8.allSatisfy(Self.isNameByte)
            let isValue = field.value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f || $0 == 0x09 }
            guard isName, isValue, !own.contains(field.name.lowercased()) else { throw .header(name: field.name) }
        }
    }

    /// A byte of a token (RFC 9110, 5.6.2).
    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
