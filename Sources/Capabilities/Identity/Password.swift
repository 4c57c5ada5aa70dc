private import Cryptography

/// A password, which shows itself nowhere: not printed, not dumped, not encoded.
public struct Password: Sendable {
    private let text: String

    /// Wraps `text`.
    public init(_ text: String) { self.text = text }

    /// Whether both are the same, in a time that does not tell where they differ.
    public func matches(_ other: Password) -> Bool { constantTimeEquals(text, other.text) }
}

extension Password: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// `(hidden)`.
    public var description: String { "(hidden)" }
    /// `(hidden)`.
    public var debugDescription: String { "(hidden)" }
    /// Nothing inside, so that `dump` has nothing to show.
    public var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}
