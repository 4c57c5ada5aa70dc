import CMariaDB
import Database

/// The columns of a statement's result and the buffers that its rows are fetched into.
final class ResultColumns {
    private enum Kind { case integer, unsigned, real, decimal, text, blob }

    /// What a value gets at first; a longer one is fetched a second time, whole.
    private static let bufferSize = 512

    private let names: [String]
    private let kinds: [Kind]
    private let types: [enum_field_types]
    private let binds: UnsafeMutableBufferPointer<MYSQL_BIND>
    private let lengths: UnsafeMutableBufferPointer<UInt>
    private let nulls: UnsafeMutableBufferPointer<CChar>
    private let buffer: UnsafeMutableRawBufferPointer

    init(_ statement: UnsafeMutablePointer<MYSQL_STMT>) {
        let count = Int(statement.pointee.field_count)
        let fields = UnsafeBufferPointer(start: statement.pointee.fields, count: count)
        names = fields.map { field in
            let bytes = UnsafeRawBufferPointer(start: field.name, count: Int(field.name_length))
            return String(decoding: bytes, as: UTF8.self)
        }
        kinds = fields.map(Self.kind)
        types = fields.map(\.type)
        binds = .allocate(capacity: count)
        lengths = .allocate(capacity: count)
        lengths.initialize(repeating: 0)
        nulls = .allocate(capacity: count)
        nulls.initialize(repeating: 0)
        buffer = .allocate(byteCount: count * Self.bufferSize, alignment: 16)
        binds.initialize(repeating: MYSQL_BIND())
        for index in 0..<count { prepareBind(index) }
    }

    deinit {
        binds.deallocate()
        lengths.deallocate()
        nulls.deallocate()
        buffer.deallocate()
    }

    private func prepareBind(_ index: Int) {
        switch kinds[index] {
        case .integer, .unsigned: binds[index].buffer_type = MYSQL_TYPE_LONGLONG
        case .real: binds[index].buffer_type = MYSQL_TYPE_DOUBLE
        case .decimal, .text: binds[index].buffer_type = MYSQL_TYPE_STRING
        case .blob: binds[index].buffer_type = MYSQL_TYPE_BLOB
        }
        binds[index].is_unsigned = kinds[index] == .unsigned ? 1 : 0
        binds[index].buffer = storage(index)
        binds[index].buffer_length = UInt(Self.bufferSize)
        binds[index].length = lengths.baseAddress.map { $0 + index }
        binds[index].is_null = nulls.baseAddress.map { $0 + index }
    }

    /// Whether `statement` still has these columns: tables may change while a statement stays prepared.
    func match(_ statement: UnsafeMutablePointer<MYSQL_STMT>) -> Bool {
        guard Int(statement.pointee.field_count) == types.count else { return false }
        return UnsafeBufferPointer(start: statement.pointee.fields, count: types.count).map(\.type) == types
    }

    func bind(to statement: UnsafeMutablePointer<MYSQL_STMT>) -> Bool {
        mysql_stmt_bind_result(statement, binds.baseAddress) == 0
    }

    /// The row that was fetched last.
    func row(of statement: UnsafeMutablePointer<MYSQL_STMT>) throws(MySQLFailure) -> SQLRow {
        var values: [SQLValue] = []
        values.reserveCapacity(names.count)
        for index in names.indices { values.append(try value(index, of: statement)) }
        return SQLRow(columns: names, values: values)
    }

    private func value(
        _ index: Int, of statement: UnsafeMutablePointer<MYSQL_STMT>
    ) throws(MySQLFailure) -> SQLValue {
        guard nulls[index] == 0, let storage = storage(index) else { return .null }
        switch kinds[index] {
        case .integer: return .integer(storage.load(as: Int64.self))
        case .unsigned:
            let number = storage.load(as: UInt64.self)
            return Int64(exactly: number).map(SQLValue.integer) ?? .real(Double(number))
        case .real: return .real(storage.load(as: Double.self))
        case .decimal: return Self.number(String(decoding: try bytes(index, of: statement), as: UTF8.self))
        case .text: return .text(String(decoding: try bytes(index, of: statement), as: UTF8.self))
        case .blob: return .blob(try bytes(index, of: statement))
        }
    }

    /// A text or blob with its whole length.
    private func bytes(
        _ index: Int, of statement: UnsafeMutablePointer<MYSQL_STMT>
    ) throws(MySQLFailure) -> [UInt8] {
        let count = Int(lengths[index])
        if count <= Self.bufferSize { return [UInt8](UnsafeRawBufferPointer(start: storage(index), count: count)) }
        var status: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { whole, written in
            var bind = MYSQL_BIND()
            bind.buffer_type = binds[index].buffer_type
            bind.buffer = UnsafeMutableRawPointer(whole.baseAddress)
            bind.buffer_length = UInt(count)
            status = mysql_stmt_fetch_column(statement, &bind, UInt32(index), 0)
            written = status == 0 ? count : 0
        }
        guard status == 0 else { throw MySQLFailure(statement) }
        return bytes
    }

    private func storage(_ index: Int) -> UnsafeMutableRawPointer? {
        buffer.baseAddress.map { $0 + index * Self.bufferSize }
    }

    /// Sums of integers come as decimals without a fraction.
    private static func number(_ text: String) -> SQLValue {
        if let whole = Int64(text) { return .integer(whole) }
        return Double(text).map(SQLValue.real) ?? .text(text)
    }

    private static func kind(_ field: MYSQL_FIELD) -> Kind {
        switch field.type {
        case MYSQL_TYPE_TINY, MYSQL_TYPE_SHORT, MYSQL_TYPE_INT24, MYSQL_TYPE_LONG, MYSQL_TYPE_LONGLONG,
            MYSQL_TYPE_YEAR:
            return field.flags & UInt32(UNSIGNED_FLAG) == 0 ? .integer : .unsigned
        case MYSQL_TYPE_FLOAT, MYSQL_TYPE_DOUBLE: return .real
        case MYSQL_TYPE_DECIMAL, MYSQL_TYPE_NEWDECIMAL: return .decimal
        case MYSQL_TYPE_TINY_BLOB, MYSQL_TYPE_BLOB, MYSQL_TYPE_MEDIUM_BLOB, MYSQL_TYPE_LONG_BLOB, MYSQL_TYPE_STRING,
            MYSQL_TYPE_VAR_STRING, MYSQL_TYPE_VARCHAR, MYSQL_TYPE_BIT:
            return field.charsetnr == binaryCharacterSet ? .blob : .text
        // Times, JSON and the like are shown as the server writes them.
        default: return .text
        }
    }

    /// The "collation" of bytes.
    private static let binaryCharacterSet: UInt32 = 63
}
