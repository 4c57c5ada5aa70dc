/// A value that SQL knows.
public enum SQLValue: Sendable, Equatable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])
}

/// Something that can be bound to a statement.
public protocol SQLBindable: Sendable {
    /// The value to bind.
    var sqlValue: SQLValue { get }
}

extension SQLValue: SQLBindable {
    /// The value itself.
    public var sqlValue: SQLValue { self }
}
extension Int: SQLBindable {
    /// A 64-bit integer.
    public var sqlValue: SQLValue { .integer(Int64(self)) }
}
extension Int64: SQLBindable {
    /// A 64-bit integer.
    public var sqlValue: SQLValue { .integer(self) }
}
extension Double: SQLBindable {
    /// A double.
    public var sqlValue: SQLValue { .real(self) }
}
extension Bool: SQLBindable {
    /// 1 or 0: SQLite has no Boolean.
    public var sqlValue: SQLValue { .integer(self ? 1 : 0) }
}
extension String: SQLBindable {
    /// A text.
    public var sqlValue: SQLValue { .text(self) }
}
extension [UInt8]: SQLBindable {
    /// Bytes.
    public var sqlValue: SQLValue { .blob(self) }
}
extension Optional: SQLBindable where Wrapped: SQLBindable {
    /// The value, or null.
    public var sqlValue: SQLValue { self?.sqlValue ?? .null }
}

/// A statement whose values are always bound, never pasted into the text.
///
/// Interpolation makes a parameter: `"SELECT name FROM campaigns WHERE id = \(id)"` is sent as
/// `SELECT name FROM campaigns WHERE id = ?` with `id` beside it. The only way to put text into the statement is
/// ``SQL/StringInterpolation/appendInterpolation(unsafe:)``, for names that the program itself wrote.
public struct SQL: Sendable, ExpressibleByStringInterpolation {
    /// The text with `?` at every parameter, as SQLite and MySQL want it, and the key of statement caches.
    public let questionMarked: String
    /// Where the parameters stand in ``questionMarked``, in UTF-8 bytes, ascending.
    let offsets: [Int]
    /// The values, in order.
    public let values: [SQLValue]

    /// A statement without parameters.
    public init(stringLiteral value: String) {
        questionMarked = value
        offsets = []
        values = []
    }

    /// A statement with parameters.
    public init(stringInterpolation: StringInterpolation) {
        questionMarked = stringInterpolation.text
        offsets = stringInterpolation.offsets
        values = stringInterpolation.values
    }

    /// The statement cut at its parameters: one more part than there are values.
    public var parts: [String] {
        let bytes = Array(questionMarked.utf8)
        let starts = [0] + offsets.map { $0 + 1 }
        return zip(starts, offsets + [bytes.count]).map { String(decoding: bytes[$0..<$1], as: UTF8.self) }
    }

    /// The text with `$1`, `$2` and so on at the parameters, as PostgreSQL wants it.
    public var numbered: String {
        parts.enumerated().map { $0 == 0 ? $1 : "$\($0)" + $1 }.joined()
    }

    /// Collects the text and values of an interpolated statement.
    public struct StringInterpolation: StringInterpolationProtocol {
        var text = ""
        var offsets: [Int] = []
        var values: [SQLValue] = []

        /// Called by the compiler.
        public init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + interpolationCount)
            offsets.reserveCapacity(interpolationCount)
            values.reserveCapacity(interpolationCount)
        }
        /// Adds statement text.
        public mutating func appendLiteral(_ literal: String) { text += literal }
        /// Adds a bound parameter.
        public mutating func appendInterpolation(_ value: some SQLBindable) {
            offsets.append(text.utf8.count)
            values.append(value.sqlValue)
            text += "?"
        }
        /// Adds a bound parameter that may be null.
        ///
        /// Of its own, though `Optional` can be bound too: without it the compiler warns about optional interpolations.
        public mutating func appendInterpolation(_ value: (some SQLBindable)?) {
            appendInterpolation(value.sqlValue)
        }
        /// Adds a part of a statement with its own parameters.
        public mutating func appendInterpolation(_ part: SQL) {
            offsets += part.offsets.map { $0 + text.utf8.count }
            values += part.values
            text += part.questionMarked
        }
        /// Adds a list of bound parameters, separated by commas, to stand in the brackets of `IN`.
        ///
        /// An empty list becomes `NULL`, which matches nothing.
        public mutating func appendInterpolation(list values: some Sequence<some SQLBindable>) {
            var isFirst = true
            for value in values {
                if !isFirst { appendLiteral(", ") }
                appendInterpolation(value)
                isFirst = false
            }
            if isFirst { appendLiteral("NULL") }
        }
        /// Adds text as it is.
        ///
        /// Only for what the program itself wrote: a table name, a column list.
        public mutating func appendInterpolation(unsafe text: String) { appendLiteral(text) }
    }
}
