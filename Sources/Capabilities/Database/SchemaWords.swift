/// The words in which the dialects differ when they make tables.
///
/// A text of any length that no index holds is `TEXT` everywhere; ``Migrator`` sees to the rest of what MySQL wants.
public struct SchemaWords: Sendable {
    /// Bytes of any length.
    public let bytes: String
    /// A text that an index holds: 255 characters at most on MySQL, and three such columns in an index.
    public let key: String
    /// A primary key that counts.
    public let serial: String
    /// The same, never giving a number twice even after its row is gone.
    public let lastingSerial: String
    /// Rows kept in the order of the primary key.
    public let clustered: String
    /// A number with a fraction.
    public let real: String
    private let dialect: SQLDialect

    /// The words of `dialect`.
    public init(_ dialect: SQLDialect) {
        self.dialect = dialect
        real = dialect == .sqlite ? "REAL" : "DOUBLE PRECISION"
        clustered = dialect == .sqlite ? " WITHOUT ROWID" : ""
        switch dialect {
        case .sqlite:
            (bytes, key) = ("BLOB", "TEXT")
            (serial, lastingSerial) = ("INTEGER PRIMARY KEY", "INTEGER PRIMARY KEY AUTOINCREMENT")
        case .postgresql:
            (bytes, key) = ("BYTEA", "TEXT")
            serial = "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"
            lastingSerial = serial
        case .mysql:
            (bytes, key) = ("LONGBLOB", "VARCHAR(255)")
            serial = "BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY"
            lastingSerial = serial
        }
    }

    /// Makes an index on `columns`, written `table (column, column)`, of the rows for which `condition` holds.
    public func index(_ name: String, on columns: String, where condition: String? = nil) -> SQL {
        guard let condition else { return "CREATE INDEX \(unsafe: name) ON \(unsafe: columns)" }
        guard dialect == .mysql else {
            return "CREATE INDEX \(unsafe: name) ON \(unsafe: columns) WHERE \(unsafe: condition)"
        }
        // Without partial indexes the condition's column leads instead: still a range, only a larger index.
        let column = String(condition.prefix { $0 != " " })
        let wider =
            columns.contains(column) ? columns : columns.replacing("(", with: "(\(column), ", maxReplacements: 1)
        return "CREATE INDEX \(unsafe: name) ON \(unsafe: wider)"
    }

    /// Removes an index.
    public func dropIndex(_ name: String, on table: String) -> SQL {
        dialect == .mysql
            ? "DROP INDEX \(unsafe: name) ON \(unsafe: table)" : "DROP INDEX \(unsafe: name)"
    }
}
