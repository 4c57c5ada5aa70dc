/// A statement about any number of rows at once: `INSERT INTO t (a, b) VALUES (?, ?), (?, ?)`.
///
/// It comes in a few lengths only, each made once, so that caches of prepared statements hold them all and nothing is
/// put together anew for each use.
public struct RowStatement: Sendable {
    private struct Length: Sendable {
        let rowCount: Int
        let text: String
        let offsets: [Int]
    }

    private static let rowCounts = [64, 32, 16, 8, 4, 2, 1]
    private let lengths: [Length]
    private let width: Int

    /// Prepares the lengths.
    /// - Parameters:
    ///   - start: The statement up to its first row; only what the program itself wrote.
    ///   - row: One row, with `?` for each value: `(?, ?)`.
    ///   - end: What follows the last row.
    public init(_ start: String, row: String, end: String = "") {
        width = row.utf8.count { $0 == UInt8(ascii: "?") }
        lengths = Self.rowCounts.map { count in
            let text = start + Array(repeating: row, count: count).joined(separator: ", ") + end
            let marks = text.utf8.enumerated().filter { $0.element == UInt8(ascii: "?") }.map(\.offset)
            return Length(rowCount: count, text: text, offsets: marks)
        }
    }

    /// As few statements as there are lengths for.
    /// - Parameters:
    ///   - values: Those of all rows, one row after the other.
    ///   - limit: The most rows a statement; 1 tells by their counts which row a statement changed.
    public func statements(_ values: [SQLValue], atMost limit: Int = .max) -> [SQL] {
        precondition(width > 0 && values.count.isMultiple(of: width), "a row has \(width) values")
        var statements: [SQL] = []
        var rest = values[...]
        for length in lengths where length.rowCount <= max(1, limit) {
            while rest.count >= length.rowCount * width {
                let taken = Array(rest.prefix(length.rowCount * width))
                rest = rest.dropFirst(taken.count)
                statements.append(SQL(length.text, offsets: length.offsets, values: taken))
            }
        }
        return statements
    }
}
