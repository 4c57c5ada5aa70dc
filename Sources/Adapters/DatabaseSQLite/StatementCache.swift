import Database

/// Prepared statements by their text; the least recently used one makes room.
struct StatementCache {
    private struct Entry {
        let statement: SQLiteStatement
        var lastUse: Int
    }
    private let limit: Int
    private var entries: [String: Entry] = [:]
    private var uses = 0

    init(limit: Int) {
        self.limit = limit
        entries.reserveCapacity(limit)
    }

    mutating func statement(_ text: String, on connection: OpaquePointer) throws(DatabaseError) -> SQLiteStatement {
        uses += 1
        if let known = entries[text]?.statement {
            entries[text]?.lastUse = uses
            return known
        }
        let made = try SQLiteStatement(text, on: connection)
        if entries.count >= limit, let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse }) {
            entries[oldest.key] = nil
        }
        entries[text] = Entry(statement: made, lastUse: uses)
        return made
    }

    mutating func removeAll() { entries.removeAll() }

    var count: Int { entries.count }
    func holds(_ text: String) -> Bool { entries[text] != nil }
}
