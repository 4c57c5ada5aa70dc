/// Something an operator may set: a name, a type with its rules, a default and what it means.
///
/// Modules declare theirs as constants; ``Configuration`` reads them all at once.
/// ```swift
/// static let port = Setting("API_PORT", .port, default: 8001, meaning: "Port to listen on.")
/// ```
public struct Setting<Value: Sendable>: SettingDeclaration {
    /// The environment variable.
    public let name: String
    /// What it is for, in one sentence.
    public let meaning: String
    private let kind: SettingKind<Value>
    private let fallback: Fallback

    private enum Fallback: Sendable {
        case value(Value)
        case computed(String, @Sendable (DefaultsResolver) throws -> Value)
        case required(String)
    }

    /// A setting with a fixed default.
    public init(_ name: String, _ kind: SettingKind<Value>, default value: Value, meaning: String) {
        self.init(name, kind, .value(value), meaning)
    }

    /// A setting whose default follows from others.
    /// - Parameters:
    ///   - description: The rule for people: `http://API_HOST:API_PORT`.
    ///   - value: Reads the others: `{ try "http://\($0[host]):\($0[port])" }`.
    public init(
        _ name: String, _ kind: SettingKind<Value>, defaultFrom description: String, meaning: String,
        _ value: @escaping @Sendable (DefaultsResolver) throws -> Value
    ) {
        self.init(name, kind, .computed(description, value), meaning)
    }

    /// A setting without which the program does not start.
    /// - Parameter advice: What the operator does when it is missing.
    public init(_ name: String, _ kind: SettingKind<Value>, required advice: String, meaning: String) {
        self.init(name, kind, .required(advice), meaning)
    }

    private init(_ name: String, _ kind: SettingKind<Value>, _ fallback: Fallback, _ meaning: String) {
        self.name = name
        self.kind = kind
        self.fallback = fallback
        self.meaning = meaning
    }

    /// What may be written.
    public var accepted: String { kind.accepted }

    /// Whether its value must never be shown.
    public var isSecret: Bool { kind.isSecret }

    /// The default in words.
    public var defaultDescription: String {
        switch fallback {
        case .value(let value): kind.show(value)
        case .computed(let description, _): description
        case .required: "none; it must be set"
        }
    }

    /// Turns `text` into the value.
    public func parse(_ text: String) throws -> any Sendable { try kind.parse(text) }

    /// The value when nothing is written.
    public func makeDefault(_ resolver: DefaultsResolver) throws -> any Sendable {
        switch fallback {
        case .value(let value): return value
        case .computed(_, let compute): return try compute(resolver)
        case .required(let advice): throw SettingMissing(advice: advice)
        }
    }

    /// `value` for people; never a secret.
    public func show(_ value: any Sendable) -> String {
        guard !isSecret, let value = value as? Value else { return "(hidden)" }
        return kind.show(value)
    }
}

/// A setting of any type: what ``Configuration`` needs to read it.
public protocol SettingDeclaration: Sendable {
    /// The environment variable.
    var name: String { get }
    /// What it is for, in one sentence.
    var meaning: String { get }
    /// What may be written.
    var accepted: String { get }
    /// Whether its value must never be shown.
    var isSecret: Bool { get }
    /// The default in words.
    var defaultDescription: String { get }
    /// Turns `text` into the value.
    /// - Throws: ``SettingRefusal`` when it cannot.
    func parse(_ text: String) throws -> any Sendable
    /// The value when nothing is written.
    func makeDefault(_ resolver: DefaultsResolver) throws -> any Sendable
    /// `value` for people; never a secret.
    func show(_ value: any Sendable) -> String
}

/// Why a text is no value of its setting; it never repeats the text.
public struct SettingRefusal: Error, Equatable {
    /// What is wrong, to follow the name: `is not a number`.
    public let reason: String

    /// Creates a refusal.
    public init(_ reason: String) { self.reason = reason }
}

struct SettingMissing: Error { let advice: String }

/// A default that depends on a setting which is itself at fault; that fault is reported already.
struct DefaultUnavailable: Error {}

/// Gives computed defaults the values of the other settings.
public struct DefaultsResolver {
    let value: (any SettingDeclaration) throws -> any Sendable

    /// The value of `setting`, whether written or by default.
    public subscript<Value>(_ setting: Setting<Value>) -> Value {
        get throws {
            guard let value = try value(setting) as? Value else { throw DefaultUnavailable() }
            return value
        }
    }
}
