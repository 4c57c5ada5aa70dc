import Concurrency
public import Database

/// A database that keeps account of what it acknowledged.
///
/// Each write transaction also adds its number to the table `ledger`, and is reported to `acknowledge` once its caller
/// is told of its success. So whatever befalls the disk: an acknowledged number that is not in the table is a lost
/// promise.
public final class LedgerDatabase: Database {
    private let base: any Database
    private let serial = Locked(0)
    private let acknowledge: @Sendable (Int) -> Void

    /// Wraps `base`, making the table.
    public init(_ base: any Database, acknowledge: @escaping @Sendable (Int) -> Void) async throws {
        self.base = base
        self.acknowledge = acknowledge
        try await base.write { connection in
            try connection.execute("CREATE TABLE IF NOT EXISTS ledger (number BIGINT PRIMARY KEY)")
        }
    }

    /// The numbers that the tables of `database` hold.
    public static func numbers(in database: any Database) async throws -> Set<Int> {
        try await database.read { connection in
            let rows = try connection.query("SELECT number FROM ledger")
            return Set(try rows.map { try $0.integer("number") })
        }
    }

    /// That of the base.
    public var dialect: SQLDialect { base.dialect }

    /// Reads from the base.
    public func read<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Value
    ) async throws -> Value {
        try await base.read(body)
    }

    /// Writes to the base, and to the ledger with it.
    @discardableResult
    public func write<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Value
    ) async throws -> Value {
        let number = serial.withLock { serial in
            serial += 1
            return serial
        }
        let value = try await base.write { connection in
            try connection.execute("INSERT INTO ledger (number) VALUES (\(number))")
            return try body(connection)
        }
        acknowledge(number)
        return value
    }

    /// That of the base.
    public func status() async -> DatabaseStatus { await base.status() }
    /// Closes the base.
    public func close() async { await base.close() }
}
