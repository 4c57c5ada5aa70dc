import CPostgreSQL
import Database

/// The server's answer to a statement, freed with this object.
final class PostgreSQLResult {
    let pointer: OpaquePointer

    init(taking pointer: OpaquePointer) { self.pointer = pointer }
    deinit { PQclear(pointer) }

    /// How many rows the statement changed.
    var changedRows: Int { PQcmdTuples(pointer).flatMap { Int(String(cString: $0)) } ?? 0 }

    /// Why the statement failed; nil when it did not.
    func failure(_ location: PostgreSQLLocation) -> DatabaseError? {
        switch PQresultStatus(pointer) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: nil
        default: DatabaseError(self, location)
        }
    }

    /// A field of the server's error.
    func field(_ code: Int32) -> String? {
        PQresultErrorField(pointer, code).map { String(cString: $0) }
    }

    /// All rows, which must have been asked for in binary form.
    /// - Throws: ``Database/DatabaseError/statement(_:)`` for a column of a type that the program does not know.
    func rows() throws(DatabaseError) -> [SQLRow] {
        let (rowCount, columnCount) = (PQntuples(pointer), PQnfields(pointer))
        let names = (0..<columnCount).map { column in PQfname(pointer, column).map { String(cString: $0) } ?? "" }
        let types = (0..<columnCount).map { PQftype(pointer, $0) }
        var rows: [SQLRow] = []
        rows.reserveCapacity(Int(rowCount))
        for row in 0..<rowCount {
            var values: [SQLValue] = []
            values.reserveCapacity(Int(columnCount))
            for column in 0..<columnCount {
                guard let value = value(row, column, types[Int(column)]) else {
                    throw .statement(
                        "column \(names[Int(column)]) has the type with the oid \(types[Int(column)]); cast it to another"
                    )
                }
                values.append(value)
            }
            rows.append(SQLRow(columns: names, values: values))
        }
        return rows
    }

    private func value(_ row: Int32, _ column: Int32, _ type: Oid) -> SQLValue? {
        if PQgetisnull(pointer, row, column) == 1 { return .null }
        let bytes = UnsafeRawBufferPointer(
            start: PQgetvalue(pointer, row, column), count: Int(PQgetlength(pointer, row, column)))
        return PostgreSQLType(rawValue: type)?.value(of: bytes)
    }
}

/// Types of columns, by the numbers of the system catalogue `pg_type`.
enum PostgreSQLType: Oid {
    case bool = 16
    case bytea = 17
    case char = 18
    case name = 19
    case int8 = 20
    case int2 = 21
    case int4 = 23
    case text = 25
    case oid = 26
    case json = 114
    case float4 = 700
    case float8 = 701
    case unknown = 705
    case bpchar = 1042
    case varchar = 1043
    case numeric = 1700
    case void = 2278

    /// Reads the binary form: numbers have their most significant byte first.
    func value(of bytes: UnsafeRawBufferPointer) -> SQLValue? {
        switch self {
        case .bool: .integer(bytes.first == 0 ? 0 : 1)
        case .bytea: .blob(Array(bytes))
        case .int2: Self.integer(Int16.self, bytes).map { .integer(Int64($0)) }
        case .int4: Self.integer(Int32.self, bytes).map { .integer(Int64($0)) }
        case .int8: Self.integer(Int64.self, bytes).map { .integer($0) }
        case .oid: Self.integer(UInt32.self, bytes).map { .integer(Int64($0)) }
        case .float4: Self.integer(UInt32.self, bytes).map { .real(Double(Float(bitPattern: $0))) }
        case .float8: Self.integer(UInt64.self, bytes).map { .real(Double(bitPattern: $0)) }
        case .numeric: Self.numeric(bytes)
        case .void: .null
        case .char, .name, .text, .json, .unknown, .bpchar, .varchar: .text(String(decoding: bytes, as: UTF8.self))
        }
    }

    private static func integer<Number: FixedWidthInteger>(
        _ type: Number.Type, _ bytes: UnsafeRawBufferPointer
    ) -> Number? {
        guard bytes.count == MemoryLayout<Number>.size else { return nil }
        return Number(bigEndian: bytes.loadUnaligned(as: Number.self))
    }

    /// A decimal number, as sums of integers are: an integer where it is one, else the nearest real.
    ///
    /// Its binary form is a count of digits, the weight of the first, a sign, a scale, and digits to the base 10,000.
    private static func numeric(_ bytes: UnsafeRawBufferPointer) -> SQLValue? {
        let words = stride(from: 0, to: bytes.count - 1, by: 2).compactMap { start in
            integer(Int16.self, UnsafeRawBufferPointer(rebasing: bytes[start..<start + 2]))
        }
        guard words.count >= 4, words.count == Int(words[0]) + 4 else { return nil }
        let (weight, sign) = (Int(words[1]), UInt16(bitPattern: words[2]))
        guard sign == 0 || sign == 0x4000 else { return .real(.nan) }
        let digits = words.dropFirst(4).map(Int.init)
        let factor = sign == 0 ? 1 : -1
        if weight < 4, digits.count <= weight + 1 {
            let padded = digits + Array(repeating: 0, count: weight + 1 - digits.count)
            return .integer(Int64(padded.reduce(0) { $0 * 10_000 + $1 } * factor))
        }
        var value = 0.0
        for digit in digits.reversed() { value = value / 10_000 + Double(digit) }
        for _ in 0..<max(0, weight) { value *= 10_000 }
        for _ in 0..<max(0, -weight) { value /= 10_000 }
        return .real(value * Double(factor))
    }
}
