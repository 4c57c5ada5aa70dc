/// Who makes a request, once that was proved.
public struct Principal: Sendable, Hashable {
    /// The account's name, fit for logs and for scoping idempotency keys.
    public let name: String
    /// How it was proved: `basic`.
    public let scheme: String

    /// Creates a principal.
    public init(name: String, scheme: String) {
        self.name = name
        self.scheme = scheme
    }
}
