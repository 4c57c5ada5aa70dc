import Concurrency

/// The server as clients see it: what goes before a path in every URL that is handed out.
public final class PublicURL: Sendable {
    private let base: Locked<String>

    /// Creates it from a setting; a slash at the end is left out.
    public init(_ base: String) { self.base = Locked(Self.trimmed(base)) }

    /// The URL of `path`, which begins with a slash.
    public func url(of path: String) -> String { base.withLock { $0 } + path }

    /// Puts the port in that the system chose, for a server that listens on port 0.
    public func replace(with base: String) { self.base.withLock { $0 = Self.trimmed(base) } }

    private static func trimmed(_ base: String) -> String {
        base.hasSuffix("/") ? String(base.dropLast()) : base
    }
}
