import CMariaDB
import Database

/// The values of one execution, laid out as the library wants them.
struct Parameters {
    private let values: [SQLValue]
    private var numbers: [Int64]
    private var bytes: [UInt8] = []

    init(_ values: [SQLValue]) {
        self.values = values
        numbers = [Int64](repeating: 0, count: values.count)
        bytes.reserveCapacity(values.reduce(0) { $0 + $1.byteCount })
        for (index, value) in values.enumerated() {
            switch value {
            case .null: break
            case .integer(let number): numbers[index] = number
            case .real(let number): numbers[index] = Int64(bitPattern: number.bitPattern)
            case .text(let text): bytes.append(contentsOf: text.utf8)
            case .blob(let blob): bytes.append(contentsOf: blob)
            }
        }
    }

    /// Calls `body` with one bind for each value, or with nil when there are none; all of it stays where it is until
    /// `body` returns.
    func withBinds<Result>(_ body: (UnsafeMutablePointer<MYSQL_BIND>?) throws -> Result) throws -> Result {
        if values.isEmpty { return try body(nil) }
        // The library reads these buffers and does not write to them.
        return try numbers.withUnsafeBytes { numbers in
            try bytes.withUnsafeBytes { bytes in
                var binds = makeBinds(numbers, bytes)
                return try binds.withUnsafeMutableBufferPointer { try body($0.baseAddress) }
            }
        }
    }

    private func makeBinds(_ numbers: UnsafeRawBufferPointer, _ bytes: UnsafeRawBufferPointer) -> [MYSQL_BIND] {
        var offset = 0
        return values.indices.map { index in
            var bind = MYSQL_BIND()
            let number = numbers.baseAddress.map { UnsafeMutableRawPointer(mutating: $0 + index * 8) }
            switch values[index] {
            case .null: bind.buffer_type = MYSQL_TYPE_NULL
            case .integer: (bind.buffer_type, bind.buffer) = (MYSQL_TYPE_LONGLONG, number)
            case .real: (bind.buffer_type, bind.buffer) = (MYSQL_TYPE_DOUBLE, number)
            case .text, .blob:
                let count = values[index].byteCount
                let isText = if case .text = values[index] { true } else { false }
                bind.buffer_type = isText ? MYSQL_TYPE_STRING : MYSQL_TYPE_BLOB
                // An empty value still needs an address.
                bind.buffer = bytes.baseAddress.map { UnsafeMutableRawPointer(mutating: $0 + offset) } ?? number
                bind.buffer_length = UInt(count)
                bind.length_value = UInt(count)
                offset += count
            }
            return bind
        }
    }
}

extension SQLValue {
    /// Bytes of a text or blob.
    var byteCount: Int {
        switch self {
        case .null, .integer, .real: 0
        case .text(let text): text.utf8.count
        case .blob(let blob): blob.count
        }
    }
}
