/// An error that tells the engine what to do with it and a client what to think of it.
public protocol ActivityFailure: Error {
    /// A stable word: `unsupportedImage`. Retry policies and histories name it.
    var kind: String { get }
    /// Whether the same attempt may succeed later without a change.
    var isRetryable: Bool { get }
    /// One sentence for the client: no path, no secret, what to change.
    var message: String { get }
    /// The shortest wait before the next attempt, where the other side named one (`Retry-After`); else nil.
    var retryAfter: Duration? { get }
}

extension ActivityFailure {
    /// The retry policy alone decides.
    public var retryAfter: Duration? { nil }
}
