import Database

/// The words in which the dialects differ when they make tables.
struct SchemaWords {
    /// Bytes of any length.
    let bytes: String
    /// A text that an index holds.
    let key: String
    /// A primary key that counts.
    let serial: String
    /// The same, never giving a number twice even after its row is gone.
    let lastingSerial: String
    /// Rows kept in the order of the primary key.
    let clustered: String
    /// A number with a fraction.
    let real: String
    private let hasPartialIndexes: Bool
    private let dialect: SQLDialect

    init(_ dialect: SQLDialect) {
        self.dialect = dialect
        real = dialect == .sqlite ? "REAL" : "DOUBLE PRECISION"
        switch dialect {
        case .sqlite:
            (bytes, key, clustered, hasPartialIndexes) = ("BLOB", "TEXT", " WITHOUT ROWID", true)
            (serial, lastingSerial) = ("INTEGER PRIMARY KEY", "INTEGER PRIMARY KEY AUTOINCREMENT")
        case .postgresql:
            (bytes, key, clustered, hasPartialIndexes) = ("BYTEA", "TEXT", "", true)
            serial = "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"
            lastingSerial = serial
        case .mysql:
            (bytes, key, clustered, hasPartialIndexes) = ("LONGBLOB", "VARCHAR(255) COLLATE utf8mb4_bin", "", false)
            serial = "BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY"
            lastingSerial = serial
        }
    }

    func index(_ name: String, on columns: String, where condition: String? = nil) -> SQL {
        guard let condition else { return "CREATE INDEX \(unsafe: name) ON \(unsafe: columns)" }
        guard hasPartialIndexes else {
            // Without partial indexes the condition's column leads instead: still a range, only a larger index.
            let column = String(condition.prefix { $0 != " " })
            let wider =
                columns.contains(column) ? columns : columns.replacing("(", with: "(\(column), ", maxReplacements: 1)
            return "CREATE INDEX \(unsafe: name) ON \(unsafe: wider)"
        }
        return "CREATE INDEX \(unsafe: name) ON \(unsafe: columns) WHERE \(unsafe: condition)"
    }

    func dropIndex(_ name: String, on table: String) -> SQL {
        dialect == .mysql
            ? "DROP INDEX \(unsafe: name) ON \(unsafe: table)" : "DROP INDEX \(unsafe: name)"
    }
}
