/// A provider's stable name in requests, tickets, costs and logs: `procedural`, `bfl`.
public struct ProviderID: RawRepresentable, Codable, Hashable, Sendable, ExpressibleByStringLiteral,
    CustomStringConvertible
{
    /// The name.
    public let rawValue: String
    /// Creates a name; it is compared as written.
    public init(rawValue: String) { self.rawValue = rawValue }
    /// Creates a name.
    public init(stringLiteral value: String) { rawValue = value }
    /// The name.
    public var description: String { rawValue }
}

/// What makes two submits of one activity the same order: the run and the activity, never business values.
public struct GenerationKey: RawRepresentable, Codable, Hashable, Sendable, ExpressibleByStringLiteral {
    /// The key's text; providers that know idempotency keys are given it.
    public let rawValue: String
    /// Creates a key.
    public init(rawValue: String) { self.rawValue = rawValue }
    /// Creates a key.
    public init(stringLiteral value: String) { rawValue = value }
}
