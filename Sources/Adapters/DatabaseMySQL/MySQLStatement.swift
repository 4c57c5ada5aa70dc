import CMariaDB
import Database

/// A prepared statement of one connection.
final class MySQLStatement {
    private let pointer: UnsafeMutablePointer<MYSQL_STMT>
    private let parameterCount: Int
    private var columns: ResultColumns?

    /// Prepares `text`; the server takes one statement only.
    init(_ text: String, on connection: UnsafeMutablePointer<MYSQL>) throws(MySQLFailure) {
        guard let made = mysql_stmt_init(connection) else { throw MySQLFailure(connection) }
        var text = text
        let status = text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { mysql_stmt_prepare(made, $0.baseAddress, UInt($0.count)) }
        }
        guard status == 0 else {
            let failure = MySQLFailure(made)
            mysql_stmt_close(made)
            throw failure
        }
        pointer = made
        parameterCount = Int(mysql_stmt_param_count(made))
    }

    deinit { mysql_stmt_close(pointer) }

    /// Runs it and throws any rows away.
    /// - Returns: How many rows it matched.
    func execute(_ values: [SQLValue]) throws -> Int {
        try send(values)
        guard mysql_stmt_field_count(pointer) == 0 else {
            guard mysql_stmt_free_result(pointer) == 0 else { throw MySQLFailure(pointer) }
            return 0
        }
        return Int(clamping: mysql_stmt_affected_rows(pointer))
    }

    /// Runs it and fetches all rows.
    func query(_ values: [SQLValue]) throws -> [SQLRow] {
        try send(values)
        guard mysql_stmt_field_count(pointer) > 0 else { return [] }
        // Also after a failure: rows that nobody fetched would stand in the way of the next statement.
        defer { mysql_stmt_free_result(pointer) }
        let columns = try boundColumns()
        var rows: [SQLRow] = []
        while true {
            switch mysql_stmt_fetch(pointer) {
            // Truncated only means that a value did not fit its buffer; it is fetched whole then.
            case 0, MYSQL_DATA_TRUNCATED: rows.append(try columns.row(of: pointer))
            case MYSQL_NO_DATA: return rows
            default: throw MySQLFailure(pointer)
            }
        }
    }

    private func send(_ values: [SQLValue]) throws {
        guard values.count == parameterCount else {
            throw DatabaseError.statement("it takes \(parameterCount) values, not \(values.count)")
        }
        // Pinned until the server has them: the library keeps pointers, not copies.
        try Parameters(values).withBinds { binds in
            if let binds, mysql_stmt_bind_param(pointer, binds) != 0 { throw MySQLFailure(pointer) }
            guard mysql_stmt_execute(pointer) == 0 else { throw MySQLFailure(pointer) }
        }
    }

    /// The columns of the present result, which the server may have changed since the last time.
    private func boundColumns() throws -> ResultColumns {
        if let columns, columns.match(pointer) { return columns }
        let made = ResultColumns(pointer)
        columns = made
        guard made.bind(to: pointer) else { throw MySQLFailure(pointer) }
        return made
    }
}
