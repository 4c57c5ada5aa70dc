import CSQLite
import Database

/// A prepared statement of one connection.
final class SQLiteStatement {
    private let pointer: OpaquePointer
    private let connection: OpaquePointer
    private var columns: [String]?
    private var preparations: Int32 = 0

    /// Prepares `text`, which must be one statement.
    init(_ text: String, on connection: OpaquePointer) throws(DatabaseError) {
        var prepared = Self.prepare(text, on: connection)
        if prepared.status == SQLITE_ERROR {
            // A table that is not known may be new, and whether it is cannot always be read: SQLite swallows that
            // failure. So it is made to look, where a failure shows, before the statement is called wrong.
            let status = sqlite3_exec(connection, "SELECT 1 FROM sqlite_master LIMIT 1", nil, nil, nil)
            guard status == SQLITE_OK else { throw DatabaseError(sqlite: status, on: connection) }
            prepared = Self.prepare(text, on: connection)
        }
        guard prepared.status == SQLITE_OK else { throw DatabaseError(sqlite: prepared.status, on: connection) }
        guard let pointer = prepared.pointer else { throw .statement("it is empty") }
        self.pointer = pointer
        self.connection = connection
        guard prepared.restIsBlank else { throw .statement("there is more than one; execute them one by one") }
    }

    private static func prepare(
        _ text: String, on connection: OpaquePointer
    ) -> (status: Int32, pointer: OpaquePointer?, restIsBlank: Bool) {
        var prepared: OpaquePointer?
        var restIsBlank = true
        var text = text
        let status = text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { characters in
                var rest: UnsafePointer<CChar>?
                let status = sqlite3_prepare_v3(
                    connection, characters.baseAddress, Int32(characters.count),
                    UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, &rest)
                if let rest, let start = characters.baseAddress {
                    restIsBlank = characters[(rest - start)...].allSatisfy { [9, 10, 13, 32, 59].contains($0) }
                }
                return status
            }
        }
        return (status, prepared, restIsBlank)
    }

    deinit { sqlite3_finalize(pointer) }

    /// Makes it ready for its next use and lets go of bound values.
    func reset() {
        sqlite3_reset(pointer)
        sqlite3_clear_bindings(pointer)
    }

    /// Goes to the next row; false after the last.
    func step() throws(DatabaseError) -> Bool {
        switch sqlite3_step(pointer) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let status: throw DatabaseError(sqlite: status, on: connection)
        }
    }

    func bind(_ values: [SQLValue]) throws(DatabaseError) {
        let expected = Int(sqlite3_bind_parameter_count(pointer))
        guard expected == values.count else { throw .statement("it takes \(expected) values, not \(values.count)") }
        var index: Int32 = 0
        for value in values {
            index += 1
            let status = bind(value, at: index)
            guard status == SQLITE_OK else { throw DatabaseError(sqlite: status, on: connection) }
        }
    }

    private func bind(_ value: SQLValue, at index: Int32) -> Int32 {
        switch value {
        case .null: return sqlite3_bind_null(pointer, index)
        case .integer(let value): return sqlite3_bind_int64(pointer, index, value)
        case .real(let value): return sqlite3_bind_double(pointer, index, value)
        case .text(var value):
            return value.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) { characters in
                    sqlite3_bind_text64(
                        pointer, index, characters.baseAddress, UInt64(characters.count), atelier_sqlite_transient(),
                        UInt8(SQLITE_UTF8))
                }
            }
        case .blob(let value):
            // An empty array has no address, which SQLite would read as null.
            if value.isEmpty { return sqlite3_bind_zeroblob(pointer, index, 0) }
            return sqlite3_bind_blob64(pointer, index, value, UInt64(value.count), atelier_sqlite_transient())
        }
    }

    /// The row that ``step()`` stopped at.
    func row() -> SQLRow {
        let names = columnNames()
        let values = [SQLValue](unsafeUninitializedCapacity: names.count) { buffer, count in
            while count < names.count {
                (buffer.baseAddress.map { $0 + count })?.initialize(to: value(at: Int32(count)))
                count += 1
            }
        }
        return SQLRow(columns: names, values: values)
    }

    /// Read once and kept, until SQLite had to prepare the statement anew because the schema changed.
    private func columnNames() -> [String] {
        let preparations = sqlite3_stmt_status(pointer, SQLITE_STMTSTATUS_REPREPARE, 0)
        if let columns, preparations == self.preparations { return columns }
        let names = (0..<sqlite3_column_count(pointer)).map { index in
            sqlite3_column_name(pointer, index).map { String(cString: $0) } ?? ""
        }
        columns = names
        self.preparations = preparations
        return names
    }

    private func value(at index: Int32) -> SQLValue {
        switch sqlite3_column_type(pointer, index) {
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(pointer, index))
        case SQLITE_FLOAT: return .real(sqlite3_column_double(pointer, index))
        case SQLITE_TEXT:
            guard let start = sqlite3_column_text(pointer, index) else { return .text("") }
            let bytes = UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(pointer, index)))
            return .text(String(decoding: bytes, as: UTF8.self))
        case SQLITE_BLOB:
            let count = Int(sqlite3_column_bytes(pointer, index))
            guard count > 0, let start = sqlite3_column_blob(pointer, index) else { return .blob([]) }
            return .blob([UInt8](UnsafeRawBufferPointer(start: start, count: count)))
        default: return .null
        }
    }
}
