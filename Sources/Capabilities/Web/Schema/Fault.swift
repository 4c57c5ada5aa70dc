/// One thing that is wrong with a request, in the form that clients get.
public struct Fault: Sendable, Equatable {
    /// One step on the way to the fault: a name, or an index into an array.
    public enum Place: Sendable, Equatable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
        case name(String)
        case index(Int)
        /// A name.
        public init(stringLiteral value: String) { self = .name(value) }
        /// An index.
        public init(integerLiteral value: Int) { self = .index(value) }
    }

    /// The way to it: `["body", "image_metadata", "path"]`.
    public let location: [Place]
    /// What is wrong and what would be right, in a sentence.
    public let message: String
    /// The same for programs, in pydantic's words: `missing`, `string_too_long`, `extra_forbidden`.
    public let type: String

    /// Creates a fault.
    public init(at location: [Place], _ message: String, type: String = "value_error") {
        self.location = location
        self.message = message
        self.type = type
    }
}

extension Fault: Encodable {
    private enum Keys: String, CodingKey { case loc, msg, type }

    /// Writes `{"loc":[...],"msg":"...","type":"..."}`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Keys.self)
        var places = container.nestedUnkeyedContainer(forKey: .loc)
        for place in location {
            switch place {
            case .name(let name): try places.encode(name)
            case .index(let index): try places.encode(index)
            }
        }
        try container.encode(message, forKey: .msg)
        try container.encode(type, forKey: .type)
    }
}

/// Gathers every fault of a request while it is read.
public struct Faults: Sendable {
    /// So many are told; a body made of faults alone shall not buy an answer many times its size.
    public static let limit = 100

    /// What was found so far, at most ``limit`` and a last one that says that there are more.
    public private(set) var all: [Fault] = []
    private(set) var total = 0
    private var location: [Fault.Place]

    /// Begins at `location`.
    public init(at location: [Fault.Place] = []) { self.location = location }

    /// Whether nothing is wrong so far.
    public var isEmpty: Bool { total == 0 }

    /// Adds a fault at the current place, or at `steps` below it.
    public mutating func add(_ type: String, _ message: String, at steps: [Fault.Place] = []) {
        total += 1
        switch all.count {
        case ..<Self.limit: all.append(Fault(at: location + steps, message, type: type))
        case Self.limit:
            all.append(
                Fault(
                    at: Array(location.prefix(1)), "There are more faults; mend the first \(Self.limit)",
                    type: "too_many_faults"))
        default: break
        }
    }

    /// Runs `body` one step further down.
    public mutating func within<Result>(_ place: Fault.Place, _ body: (inout Faults) -> Result) -> Result {
        location.append(place)
        defer { location.removeLast() }
        return body(&self)
    }
}
