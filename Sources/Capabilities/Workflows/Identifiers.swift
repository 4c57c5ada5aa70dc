/// The name of a workflow execution: the id of the job it serves, so that starting it twice is seen.
public struct WorkflowID: RawRepresentable, Codable, Hashable, Sendable, CustomStringConvertible {
    /// The longest id, in bytes.
    public static let maximumLength = 200

    /// The id.
    public let rawValue: String

    /// Checks an id that came from outside: 1 to 200 ASCII letters, digits, `-`, `_`, `.`, `:` or `~`, nothing else.
    ///
    /// ASCII alone, so that two ids that look alike are alike; no slash, so that an id is never a path.
    public init?(rawValue: String) {
        let bytes = rawValue.utf8
        guard (1...Self.maximumLength).contains(bytes.count), bytes.allSatisfy(Self.isAllowed) else { return nil }
        self.rawValue = rawValue
    }

    /// Checks an id and says what is wrong with it.
    /// - Throws: ``InvalidWorkflowID``.
    public init(_ value: String) throws(InvalidWorkflowID) {
        guard let id = WorkflowID(rawValue: value) else { throw InvalidWorkflowID() }
        self = id
    }

    /// Takes an id from an engine's own records, where it was checked before it was written.
    public init(recorded value: String) { rawValue = value }

    /// The id.
    public var description: String { rawValue }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: ":"), UInt8(ascii: "~"): true
        default: false
        }
    }
}

extension WorkflowID: ExpressibleByStringLiteral {
    /// An id that the program itself wrote; a bad one is a fault of ours and stops the program.
    public init(stringLiteral value: String) {
        guard let id = WorkflowID(rawValue: value) else { preconditionFailure("\(value) is not a workflow id") }
        self = id
    }
}

/// An id from outside that cannot name a workflow.
///
/// The caller has to change it.
public struct InvalidWorkflowID: Error, Equatable, CustomStringConvertible {
    /// Creates the error.
    public init() {}
    /// What an id may look like.
    public var description: String {
        "an id has 1 to \(WorkflowID.maximumLength) ASCII letters, digits or any of - _ . : ~"
    }
}

/// One execution of a workflow, unique over all databases and times.
public struct RunID: RawRepresentable, Codable, Hashable, Sendable, CustomStringConvertible {
    /// The id: a UUID in lower case.
    public let rawValue: String
    /// Takes an id as it is.
    public init(rawValue: String) { self.rawValue = rawValue }
    /// The id.
    public var description: String { rawValue }
}
