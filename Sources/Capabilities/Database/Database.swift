package import Observability

/// A relational database that keeps what it acknowledged.
///
/// Closures run on a thread of the database's own, so they may block, and they may be run again when the database asks
/// for a retry (a serialization failure): they do nothing but database work.
public protocol Database: Sendable {
    /// How statements must be worded here.
    var dialect: SQLDialect { get }

    /// Runs `body` in a read transaction: it sees one state of the data.
    /// - Throws: ``DatabaseError``, or what `body` throws.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Value
    ) async throws -> Value

    /// Runs `body` in a write transaction and returns once it is durable: a power cut after the return loses nothing.
    ///
    /// Transactions that wait at the same time may share one commit; each still succeeds or fails alone.
    /// - Throws: ``DatabaseError``, or what `body` throws; nothing of `body` remains then.
    @discardableResult
    func write<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Value
    ) async throws -> Value

    /// What other processes send on `channel` with ``SQLConnection/notify(_:_:)``; nil when this database carries no words.
    ///
    /// Yields an empty word after every new connection: what was said before it went unheard.
    func notifications(on channel: String) -> AsyncStream<String>?

    /// What the pool is doing, for metrics.
    func status() async -> DatabaseStatus

    /// Finishes what is running and closes every connection. Later calls throw ``DatabaseError/closed``.
    func close() async
}

extension Database {
    /// Nothing: most databases carry no words.
    public func notifications(on channel: String) -> AsyncStream<String>? { nil }
}

/// A connection inside a transaction.
///
/// It must not leave the closure it was given to.
public protocol SQLConnection {
    /// How statements must be worded here.
    var dialect: SQLDialect { get }

    /// Runs a statement that returns no rows.
    /// - Returns: How many rows it changed.
    @discardableResult
    func execute(_ statement: SQL) throws -> Int

    /// Runs statements that return no rows, one after the other, up to the first that fails.
    ///
    /// A database on a server sends them together and waits once.
    /// - Returns: How many rows each changed.
    @discardableResult
    func execute(all statements: [SQL]) throws -> [Int]

    /// Runs a statement and returns all its rows; page large results in the statement.
    func query(_ statement: SQL) throws -> [SQLRow]
}

extension SQLConnection {
    /// The first row, if any.
    public func first(_ statement: SQL) throws -> SQLRow? { try query(statement).first }

    /// Runs them one by one.
    @discardableResult
    public func execute(all statements: [SQL]) throws -> [Int] { try statements.map { try execute($0) } }
}

/// The differences between databases that statements must know.
public enum SQLDialect: String, Sendable {
    case sqlite, postgresql, mysql
}

/// One row of a result.
public struct SQLRow: Sendable {
    /// Column names, shared by all rows of a result.
    public let columns: [String]
    /// The values, one for each column.
    public let values: [SQLValue]

    /// Creates a row; for drivers.
    public init(columns: [String], values: [SQLValue]) {
        self.columns = columns
        self.values = values
    }

    /// The value of `column`.
    ///
    /// A name that the statement did not select is a fault of ours and stops the program.
    public subscript(column: String) -> SQLValue {
        guard let index = columns.firstIndex(of: column) else {
            preconditionFailure("the statement selects no column \(column); it selects \(columns)")
        }
        return values[index]
    }

    /// An integer column.
    /// - Throws: ``DatabaseError/unexpectedValue(column:expected:)`` when it holds something else.
    public func integer(_ column: String) throws -> Int {
        guard case .integer(let value) = self[column] else { throw unexpected(column, "an integer") }
        return Int(value)
    }
    /// An integer column that may be null.
    public func optionalInteger(_ column: String) throws -> Int? {
        if case .null = self[column] { nil } else { try integer(column) }
    }
    /// A real column; integers are accepted.
    public func real(_ column: String) throws -> Double {
        switch self[column] {
        case .real(let value): return value
        case .integer(let value): return Double(value)
        default: throw unexpected(column, "a number")
        }
    }
    /// A text column.
    public func text(_ column: String) throws -> String {
        guard case .text(let value) = self[column] else { throw unexpected(column, "text") }
        return value
    }
    /// A text column that may be null.
    public func optionalText(_ column: String) throws -> String? {
        if case .null = self[column] { nil } else { try text(column) }
    }
    /// A column of bytes.
    public func blob(_ column: String) throws -> [UInt8] {
        switch self[column] {
        case .blob(let value): return value
        case .text(let value): return Array(value.utf8)
        default: throw unexpected(column, "bytes")
        }
    }

    private func unexpected(_ column: String, _ expected: String) -> DatabaseError {
        .unexpectedValue(column: column, expected: expected)
    }
}

/// What a database's pool is doing.
public struct DatabaseStatus: Sendable {
    /// Connections open.
    public var connections: Int
    /// Connections at work.
    public var busy: Int
    /// Transactions waiting for one.
    public var waiting: Int
    /// Bytes on disk, where it can be known.
    public var bytes: Int?

    /// Creates a status.
    public init(connections: Int, busy: Int, waiting: Int, bytes: Int?) {
        self.connections = connections
        self.busy = busy
        self.waiting = waiting
        self.bytes = bytes
    }
}

extension DatabaseStatus {
    /// The status as metrics show it.
    package var readings: [Reading] {
        [
            Reading("atelier_database_connections", help: "Connections to the database.", value: Double(connections)),
            Reading("atelier_database_connections_busy", help: "Connections at work.", value: Double(busy)),
            Reading(
                "atelier_database_transactions_waiting", help: "Transactions waiting for a connection.",
                value: Double(waiting)),
        ]
            + [bytes].compactMap(\.self).map { bytes in
                Reading("atelier_database_bytes", help: "Size of the database on disk.", value: Double(bytes))
            }
    }
}
