/// An input, output, signal or heartbeat is larger than a history keeps.
///
/// Whoever made it has to change it: store the data and hand on its key. Trying again does not help.
public struct PayloadTooLarge: ActivityFailure, Equatable, CustomStringConvertible {
    /// How large it was, in bytes of JSON.
    public let byteCount: Int

    /// Creates the error.
    public init(byteCount: Int) { self.byteCount = byteCount }

    /// ``WorkflowFailure/Kind/payloadTooLarge``.
    public var kind: String { WorkflowFailure.Kind.payloadTooLarge }
    /// Never.
    public var isRetryable: Bool { false }
    /// The size and the limit.
    public var message: String {
        "A value of \(byteCount) bytes is too large to travel between steps; at most \(Payload.maximumByteCount) may."
    }
    /// The same, for logs.
    public var description: String { message }
}
