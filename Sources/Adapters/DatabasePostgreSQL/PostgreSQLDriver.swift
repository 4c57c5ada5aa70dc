public import Database

/// Opens connections to one PostgreSQL database, release 12 or newer.
///
/// - SeeAlso: <https://www.postgresql.org/docs/15/libpq.html>
public final class PostgreSQLDriver: ServerDriver {
    /// PostgreSQL's own wording.
    public let dialect = SQLDialect.postgresql

    private let location: PostgreSQLLocation
    private let limits: PostgreSQLLimits
    private let listeners = PostgreSQLListeners()

    /// Reads where the server is; nothing connects yet.
    /// - Parameter url: `postgres://user:password@host:port/database?sslmode=verify-full`, with every parameter of
    ///   libpq; a socket's folder is `?host=/run/postgresql`. Special characters of a password are percent-encoded.
    /// - Throws: ``Database/DatabaseError/unavailable(_:)`` when it cannot be read.
    public init(url: String, limits: PostgreSQLLimits = PostgreSQLLimits()) throws(DatabaseError) {
        location = try PostgreSQLLocation(url: url, limits)
        self.limits = limits
    }

    /// Connects, and sets up the session.
    public func connect() throws -> any ServerConnection {
        try PostgreSQLConnection(PostgreSQLSession(location, limits))
    }

    /// What other sessions say on `channel`, heard on a connection and a thread of its own.
    public func notifications(on channel: String) -> AsyncStream<String>? {
        listeners.listen(to: channel, at: location, limits)
    }

    /// Ends every stream of words and closes its connection.
    public func endNotifications() { listeners.end() }
}

/// How long things may take on a connection.
public struct PostgreSQLLimits: Sendable {
    /// Making a connection to one address.
    public var connect = Duration.seconds(5)
    /// A statement; the server gives it up then.
    public var statement = Duration.seconds(60)
    /// Waiting for another transaction's lock.
    public var lock = Duration.seconds(10)
    /// Finding out whether a connection still works.
    public var check = Duration.seconds(3)
    /// How much longer than the server an answer may take, before the connection counts as lost.
    public var delay = Duration.seconds(5)

    /// Creates the usual limits.
    public init() {}
}
