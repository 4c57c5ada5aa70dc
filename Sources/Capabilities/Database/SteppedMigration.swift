/// A migration on MySQL, where a statement about tables commits what went before it and cannot be undone.
///
/// The table `schema_steps` holds a row for a migration under way: how many of its statements are done, and how many
/// were begun. Statements about rows are done together with their mark. One about tables is marked as begun, done, and
/// marked as done; a program that finds it begun and not done does not know which, does it again, and takes "is there
/// already" or "is gone already" for done. Such a statement itself is done wholly or not at all (MySQL 8's atomic data
/// definition, MariaDB's since 10.6).
///
/// - SeeAlso: <https://dev.mysql.com/doc/refman/8.0/en/implicit-commit.html>,
///   <https://dev.mysql.com/doc/refman/8.0/en/atomic-ddl.html>
struct SteppedMigration: Sendable {
    private enum Progress { case more, applied, appliedByOthers, waiting }

    private let component: String
    private let version: Int
    private let statements: [SQL]
    private let isApplied: @Sendable (any SQLConnection) throws -> Bool
    private let note: SQL

    /// - Parameters:
    ///   - isApplied: Whether the version is there already.
    ///   - note: Writes down that it is.
    init(_ migration: Migration, isApplied: @escaping @Sendable (any SQLConnection) throws -> Bool, note: SQL) {
        component = migration.component
        version = migration.version
        statements = migration.statements(.mysql)
        self.isApplied = isApplied
        self.note = note
    }

    /// Makes the table that remembers steps.
    static func prepare(_ database: any Database) async throws {
        try await database.write { connection in
            try connection.execute(
                """
                CREATE TABLE IF NOT EXISTS schema_steps (
                    component VARCHAR(64) NOT NULL, version INTEGER NOT NULL, begun INTEGER NOT NULL,
                    done INTEGER NOT NULL, PRIMARY KEY (component, version))
                """)
        }
    }

    /// Goes on from where it, or another program, got to.
    /// - Returns: Whether this program did the last step.
    func run(on database: any Database) async throws -> Bool {
        let collation = try await database.read { try Self.collation(on: $0) }
        var patience = Self.longestWait / Self.lockWait
        while true {
            switch try await database.write({ try step(collation, on: $0) }) {
            case .applied: return true
            case .appliedByOthers: return false
            case .more: continue
            case .waiting:
                patience -= 1
                guard patience > 0 else { throw DatabaseError.busy("another program is changing the tables") }
            }
        }
    }

    /// Seconds for each try to be the one program that changes tables, and for all of them: an index on a large table
    /// takes its time.
    private static let (lockWait, longestWait) = (5, 900)

    private func step(_ collation: String, on connection: any SQLConnection) throws -> Progress {
        guard try Self.lock(connection) else { return .waiting }
        // What cannot be given back now goes with the connection.
        defer { _ = try? connection.query("SELECT RELEASE_LOCK(\(unsafe: Self.lockName)) AS released") }
        let row = try mark(on: connection)
        guard try !isApplied(connection) else {
            try connection.execute("DELETE FROM schema_steps WHERE \(mine)")
            return .appliedByOthers
        }
        let (begun, done) = (try row.integer("begun"), try row.integer("done"))
        guard done < statements.count else {
            try connection.execute(note)
            try connection.execute("DELETE FROM schema_steps WHERE \(mine)")
            return .applied
        }
        let isAboutTables = Self.isAboutTables(statements[done])
        let end = statements[done...].firstIndex { Self.isAboutTables($0) != isAboutTables } ?? statements.count
        for index in done..<end {
            if isAboutTables {
                let statement = Self.worded(statements[index], collation)
                try changeTables(statement, index, mayBeDone: index == done && begun > done, on: connection)
            } else {
                try connection.execute(statements[index])
            }
        }
        try set(begun: end, done: end, on: connection)
        return .more
    }

    /// The row of this migration, locked: who comes after another program's last step waits until it is committed.
    private func mark(on connection: any SQLConnection) throws -> SQLRow {
        let select: SQL = "SELECT begun, done FROM schema_steps WHERE \(mine) FOR UPDATE"
        if let row = try connection.first(select) { return row }
        try connection.execute(
            "INSERT INTO schema_steps (component, version, begun, done) VALUES (\(component), \(version), 0, 0)")
        return SQLRow(columns: ["begun", "done"], values: [.integer(0), .integer(0)])
    }

    /// The mark is committed before the statement, and what the statement does before the next mark: the server sees to
    /// that by itself.
    private func changeTables(
        _ statement: SQL, _ index: Int, mayBeDone: Bool, on connection: any SQLConnection
    ) throws {
        try set(begun: index + 1, done: index, on: connection)
        do { try connection.execute(statement) } catch DatabaseError.schemaConflict where mayBeDone {
            // A program ended after the statement and before it could mark it.
        } catch {
            try set(begun: index, done: index, on: connection)
            throw error
        }
    }

    private func set(begun: Int, done: Int, on connection: any SQLConnection) throws {
        try connection.execute("UPDATE schema_steps SET begun = \(begun), done = \(done) WHERE \(mine)")
    }

    private var mine: SQL { "component = \(component) AND version = \(version)" }
}

extension SteppedMigration {
    /// Names are shared by all databases of a server.
    private static let lockName = "CONCAT('atelier ', MD5(DATABASE()))"

    /// - Returns: False when another program kept it to itself for the whole wait.
    private static func lock(_ connection: any SQLConnection) throws -> Bool {
        let row = try connection.first("SELECT GET_LOCK(\(unsafe: lockName), \(lockWait)) AS taken")
        return try row?.optionalInteger("taken") == 1
    }

    private static func isAboutTables(_ statement: SQL) -> Bool {
        let first = statement.questionMarked.prefix { $0.isLetter }.uppercased()
        return ["CREATE", "ALTER", "DROP", "RENAME", "TRUNCATE"].contains(first)
    }

    /// The statement as MySQL needs it, whatever the database's own defaults are: texts in UTF-8, compared byte by
    /// byte, trailing blanks included, and of any length (a plain `TEXT` ends at 65,535 bytes).
    private static func worded(_ statement: SQL, _ collation: String) -> SQL {
        let text = statement.questionMarked.replacing(/\b(TEXT|BLOB)\b/) { "LONG" + $0.1 }
        guard text.hasPrefix("CREATE TABLE") else { return "\(unsafe: text)" }
        return "\(unsafe: text) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE \(unsafe: collation)"
    }

    /// The server's name for that way of comparing: MySQL's, or MariaDB's.
    private static func collation(on connection: any SQLConnection) throws -> String {
        let row = try connection.first(
            """
            SELECT COLLATION_NAME AS name FROM information_schema.COLLATIONS
            WHERE COLLATION_NAME IN ('utf8mb4_0900_bin', 'utf8mb4_nopad_bin') ORDER BY COLLATION_NAME LIMIT 1
            """)
        guard let row else {
            throw DatabaseError.unavailable("the server is older than MySQL 8.0.17 and MariaDB 10.6; use a newer one")
        }
        return try row.text("name")
    }
}
