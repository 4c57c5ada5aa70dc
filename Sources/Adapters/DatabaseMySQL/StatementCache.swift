import CMariaDB
import Database

/// Prepared statements of one connection by their text; the least recently used one makes room.
struct StatementCache {
    private let limit: Int
    private var entries: [String: (statement: MySQLStatement, lastUse: Int)] = [:]
    private var uses = 0

    init(limit: Int) { self.limit = limit }

    mutating func statement(
        _ text: String, on connection: UnsafeMutablePointer<MYSQL>
    ) throws(MySQLFailure) -> MySQLStatement {
        uses += 1
        if let known = entries[text]?.statement {
            entries[text]?.lastUse = uses
            return known
        }
        let made = try MySQLStatement(text, on: connection)
        if entries.count >= limit, let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse }) {
            entries[oldest.key] = nil
        }
        entries[text] = (made, uses)
        return made
    }

    mutating func remove(_ text: String) { entries[text] = nil }
    mutating func removeAll() { entries.removeAll() }
    var count: Int { entries.count }
}
