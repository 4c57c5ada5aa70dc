import Concurrency
public import Database

/// Connects to MySQL 8 and MariaDB 10.6 or newer through libmariadb.
public struct MySQLDriver: ServerDriver {
    /// MySQL's wording, which MariaDB shares as far as this program goes.
    public let dialect = SQLDialect.mysql

    private let location: MySQLLocation

    /// Reads `url`, and connects nowhere yet.
    /// - Parameter url: `mysql://user:password@host:port/database`, with options after a `?`: `ssl-mode`, `ssl-ca`,
    ///   `ssl-cert`, `ssl-key`, `socket`, `connect-timeout` and `statement-timeout` (both in seconds).
    /// - Parameter statementLimit: How long one statement may take, where the URL does not say.
    /// - Throws: ``Database/DatabaseError/unavailable(_:)`` with what is wrong in the URL.
    public init(url: String, statementLimit: Duration = .seconds(60)) throws(DatabaseError) {
        location = try MySQLLocation(url, statementTimeout: max(1, Int(statementLimit.seconds)))
    }

    /// Connects, and sets the session to UTF-8, UTC, strict values and standard quoting.
    /// - Throws: ``Database/DatabaseError/unavailable(_:)`` with the host and the reason.
    public func connect() throws -> any ServerConnection { try MySQLConnection(location) }

    /// None: neither server carries words from client to client.
    public func notifications(on channel: String) -> AsyncStream<String>? { nil }
}
