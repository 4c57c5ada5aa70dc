package import Database

/// A database in memory that runs each transaction at once on the caller's thread: for simulations, which have no other.
package final class MemoryDatabase {
    private let handle: SQLiteHandle

    /// Makes an empty one.
    package init() throws {
        handle = try SQLiteHandle(SQLiteLocation(path: ":memory:", patience: .zero), .memory)
    }

    /// Runs `body` in a transaction that is kept if `commits`, and undone otherwise or when `body` throws.
    package func transaction<Value>(
        commits: Bool, _ body: (any SQLConnection) throws -> Value
    ) throws -> Value {
        try handle.control(.beginWriting)
        defer { handle.rollBackIfNeeded() }
        let value = try body(handle)
        if commits { try handle.control(.commit) }
        return value
    }

    /// Removes every row but those that tell the schema's version, and begins all counting anew.
    package func empty() throws {
        try transaction(commits: true) { connection in
            let tables = try connection.query(
                """
                SELECT name FROM sqlite_master
                WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'schema_versions' ORDER BY name
                """)
            for table in tables { try connection.execute("DELETE FROM \(unsafe: try table.text("name"))") }
            try connection.execute("DELETE FROM sqlite_sequence")
        }
    }
}
