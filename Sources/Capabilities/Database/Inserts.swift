// Inserts that every dialect words in its own way.

extension SQLConnection {
    /// Adds one row and returns the `id` that the database gave it.
    /// - Parameter statement: An `INSERT` of one row, without `RETURNING`.
    public func insertReturningID(_ statement: SQL) throws -> Int {
        let row: SQLRow?
        if dialect == .mysql {
            try execute(statement)
            // Of this connection: what others add meanwhile does not count.
            row = try first("SELECT LAST_INSERT_ID() AS id")
        } else {
            row = try first("\(statement) RETURNING id")
        }
        guard let row else { throw DatabaseError.statement("the insert returned no id") }
        return try row.integer("id")
    }

    /// Adds one row, unless there is one already with its value of `column`.
    /// - Parameters:
    ///   - statement: An `INSERT` of one row.
    ///   - column: The primary key, or one with a `UNIQUE` of its own.
    /// - Returns: Whether the row was added; if not, nothing was changed.
    public func insert(_ statement: SQL, unlessKnown column: String) throws -> Bool {
        guard dialect == .mysql else {
            return try execute("\(statement) ON CONFLICT (\(unsafe: column)) DO NOTHING") == 1
        }
        // Not INSERT IGNORE, which would also cut long texts and pass over missing ones. A refused statement is undone
        // alone there; the transaction goes on.
        do { return try execute(statement) == 1 } catch DatabaseError.constraint(let rule) {
            // MySQL 8 writes `table.index`, MariaDB `index`; the index of a UNIQUE column has the column's name.
            let index = rule.hasPrefix("unique ") ? rule.dropFirst(7).split(separator: ".").last.map(String.init) : nil
            guard index == column || index == "PRIMARY" else { throw DatabaseError.constraint(rule) }
            return false
        }
    }
}
