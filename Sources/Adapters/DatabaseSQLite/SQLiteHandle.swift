import CSQLite
import Concurrency
import Database
import Glibc

/// One connection, not `Sendable` so that it stays with the actor that made it.
final class SQLiteHandle {
    enum Purpose {
        case reading, writing
        /// A database of this connection alone, gone with it.
        case memory
    }

    /// The statements that begin and end transactions, prepared once.
    enum Control: String, CaseIterable {
        case beginReading = "BEGIN"
        case beginWriting = "BEGIN IMMEDIATE"
        case commit = "COMMIT"
        case rollBack = "ROLLBACK"
        case savepoint = "SAVEPOINT one"
        case rollBackToSavepoint = "ROLLBACK TO one"
        case releaseSavepoint = "RELEASE one"
    }

    private let pointer: OpaquePointer
    private(set) var cache = StatementCache(limit: 256)
    private var controls: [Control: SQLiteStatement] = [:]
    private var isClosed = false
    private var mayControl = false

    init(_ location: SQLiteLocation, _ purpose: Purpose) throws(DatabaseError) {
        let access =
            switch purpose {
            case .reading: SQLITE_OPEN_READONLY
            case .writing: SQLITE_OPEN_READWRITE
            case .memory: SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY
            }
        // One thread at a time by construction, so SQLite need not lock.
        let flags = access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        var opened: OpaquePointer?
        let status = sqlite3_open_v2(location.path, &opened, flags, location.fileSystem)
        guard let opened else { throw .unavailable("no memory for a connection") }
        pointer = opened
        guard status == SQLITE_OK else { throw failure(status) }
        try configure(purpose, location)
        for control in Control.allCases { controls[control] = try SQLiteStatement(control.rawValue, on: pointer) }
        keepControl()
    }

    deinit { close() }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        cache.removeAll()
        controls.removeAll()
        sqlite3_close_v2(pointer)
    }

    private func configure(_ purpose: Purpose, _ location: SQLiteLocation) throws(DatabaseError) {
        let patience = Int32(clamping: Int(location.patience.seconds * 1000))
        sqlite3_busy_timeout(pointer, patience)
        if purpose == .writing { try turnOnWriteAheadLog(location, patience) }
        for pragma in [
            "foreign_keys=ON", "synchronous=FULL", "temp_store=MEMORY", "trusted_schema=OFF",
            // A burst makes the log long; without a limit it stays so after the next checkpoint.
            "journal_size_limit=67108864",
        ] {
            try run("PRAGMA \(pragma)")
        }
    }

    /// The change of mode does not wait for other programs by itself, so that is done here, for as long.
    private func turnOnWriteAheadLog(_ location: SQLiteLocation, _ patience: Int32) throws(DatabaseError) {
        for remaining in stride(from: patience, through: 0, by: -10) {
            do throws(DatabaseError) {
                guard try first("PRAGMA journal_mode=WAL") == "wal" else {
                    throw DatabaseError.unavailable(
                        "the file system of \(location.name) cannot keep a write-ahead log; use a local disk")
                }
                return
            } catch {
                guard case .busy = error, remaining > 10 else { throw error }
                usleep(10_000)
            }
        }
    }

    /// Lets nobody but ``control(_:)`` begin or end a transaction: a `COMMIT` in a transaction's body would make its
    /// neighbours' half-done work durable.
    private func keepControl() {
        sqlite3_set_authorizer(
            pointer,
            { context, action, _, _, _, _ in
                guard action == SQLITE_TRANSACTION || action == SQLITE_SAVEPOINT, let context else { return SQLITE_OK }
                return Unmanaged<SQLiteHandle>.fromOpaque(context).takeUnretainedValue().mayControl
                    ? SQLITE_OK : SQLITE_DENY
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    private func run(_ text: String) throws(DatabaseError) {
        let status = sqlite3_exec(pointer, text, nil, nil, nil)
        guard status == SQLITE_OK else { throw failure(status) }
    }

    private func first(_ text: String) throws(DatabaseError) -> String? {
        let statement = try SQLiteStatement(text, on: pointer)
        guard try statement.step() else { return nil }
        if case .text(let value)? = statement.row().values.first { return value }
        return nil
    }

    private func failure(_ status: Int32) -> DatabaseError { DatabaseError(sqlite: status, on: pointer) }
}

extension SQLiteHandle {
    /// Whether a transaction is open.
    var isInTransaction: Bool { sqlite3_get_autocommit(pointer) == 0 }

    func control(_ control: Control) throws(DatabaseError) {
        guard let statement = controls[control] else { throw .closed }
        mayControl = true
        defer {
            statement.reset()
            mayControl = false
        }
        _ = try statement.step()
    }

    func rollBackIfNeeded() {
        guard isInTransaction else { return }
        // A rollback that fails has nothing left to undo; the next BEGIN would say so.
        try? control(.rollBack)
    }

    /// Writes a compact copy of the present state; SQLite begins and ends the transaction for it.
    func copy(to path: String) throws(DatabaseError) {
        mayControl = true
        defer { mayControl = false }
        let statement = try SQLiteStatement("VACUUM INTO ?", on: pointer)
        try statement.bind([.text(path)])
        while try statement.step() {}
    }

    func readTransaction<Value>(_ body: (any SQLConnection) throws -> Value) throws -> Value {
        try control(.beginReading)
        defer { rollBackIfNeeded() }
        return try body(self)
    }
}

extension SQLiteHandle: SQLConnection {
    var dialect: SQLDialect { .sqlite }

    func execute(_ statement: SQL) throws -> Int {
        let before = sqlite3_total_changes64(pointer)
        try withPrepared(statement) { prepared in while try prepared.step() {} }
        // `changes` alone would repeat the count of an earlier statement after one that changes no rows.
        return sqlite3_total_changes64(pointer) == before ? 0 : Int(sqlite3_changes64(pointer))
    }

    func query(_ statement: SQL) throws -> [SQLRow] {
        try withPrepared(statement) { prepared in
            var rows: [SQLRow] = []
            while try prepared.step() { rows.append(prepared.row()) }
            return rows
        }
    }

    private func withPrepared<Value>(_ statement: SQL, _ body: (SQLiteStatement) throws -> Value) throws -> Value {
        guard !isClosed else { throw DatabaseError.closed }
        // A body that went on after a failure which undid everything would write outside any transaction.
        guard isInTransaction else { throw DatabaseError.full("an earlier failure undid the transaction") }
        let prepared = try cache.statement(statement.questionMarked, on: pointer)
        // Always, also after a failure: an unfinished statement keeps its transaction open and the log growing.
        defer { prepared.reset() }
        try prepared.bind(statement.values)
        return try body(prepared)
    }
}
