import CSQLite
import Database
import Glibc

/// One connection. Not `Sendable`, so it stays with the actor that made it.
final class SQLiteHandle {
    enum Purpose { case reading, writing }

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
    private var cache = StatementCache(limit: 256)
    private var controls: [Control: SQLiteStatement] = [:]
    private var isClosed = false

    init(_ location: SQLiteLocation, _ purpose: Purpose) throws(DatabaseError) {
        let access = purpose == .reading ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE
        // One thread at a time by construction, so SQLite need not lock.
        let flags = access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        var opened: OpaquePointer?
        let status = sqlite3_open_v2(location.path, &opened, flags, nil)
        guard let opened else { throw .unavailable("no memory for a connection") }
        pointer = opened
        guard status == SQLITE_OK else { throw failure(status) }
        try configure(purpose, location)
        for control in Control.allCases { controls[control] = try SQLiteStatement(control.rawValue, on: pointer) }
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
        sqlite3_busy_timeout(pointer, 5000)
        if purpose == .writing { try turnOnWriteAheadLog(location) }
        for pragma in [
            "foreign_keys=ON", "synchronous=FULL", "temp_store=MEMORY", "trusted_schema=OFF",
            // A burst makes the log long; without a limit it stays so after the next checkpoint.
            "journal_size_limit=67108864",
        ] {
            try run("PRAGMA \(pragma)")
        }
    }

    /// The change of mode does not wait for other programs by itself, so that is done here, for as long.
    private func turnOnWriteAheadLog(_ location: SQLiteLocation) throws(DatabaseError) {
        for remaining in stride(from: 500, through: 0, by: -1) {
            do throws(DatabaseError) {
                guard try first("PRAGMA journal_mode=WAL") == "wal" else {
                    throw DatabaseError.unavailable(
                        "the file system of \(location.name) cannot keep a write-ahead log; use a local disk")
                }
                return
            } catch {
                guard case .busy = error, remaining > 0 else { throw error }
                usleep(10_000)
            }
        }
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
        defer { statement.reset() }
        _ = try statement.step()
    }

    func rollBackIfNeeded() {
        guard isInTransaction else { return }
        // A rollback that fails has nothing left to undo; the next BEGIN would say so.
        try? control(.rollBack)
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
        let prepared = try cache.statement(statement.questionMarked, on: pointer)
        // Always, also after a failure: an unfinished statement keeps its transaction open and the log growing.
        defer { prepared.reset() }
        try prepared.bind(statement.values)
        return try body(prepared)
    }
}
