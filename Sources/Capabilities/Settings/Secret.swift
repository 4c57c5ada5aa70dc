/// A text that must not show: printed, interpolated, dumped or reflected it is `(hidden)`.
///
/// It is not `Codable`, so that it cannot slip into a job or an answer as part of something else.
public struct Secret: Sendable, Hashable {
    private let text: String

    /// Hides `text`.
    public init(_ text: String) { self.text = text }

    /// The text itself, for the one place that needs it.
    public func expose() -> String { text }

    /// Whether there is nothing to hide.
    public var isEmpty: Bool { text.isEmpty }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// `(hidden)`.
    public var description: String { "(hidden)" }
    /// `(hidden)`.
    public var debugDescription: String { "(hidden)" }
    /// Nothing to see, for `dump` and every other reader of mirrors.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
