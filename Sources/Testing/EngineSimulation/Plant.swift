import Database
import DatabaseSQLite

/// A fault that is put into the database on purpose, to see that the simulation finds it.
enum Plant: String, CaseIterable {
    /// A write that names an old token is taken for good.
    case staleToken = "stale-token"
    /// A commit is reported and did not happen.
    case lostCommit = "lost-commit"
    /// A transaction is applied twice.
    case doubleCommit = "double-commit"

    /// Runs `body` as the fault has it, in one of ten transactions or wherever it matters.
    func commit<Value>(
        _ body: (any SQLConnection) throws -> Value, on store: MemoryDatabase, _ chance: inout Chance
    ) throws -> Value {
        switch self {
        case .staleToken:
            try store.transaction(commits: true) { try body(CredulousConnection(base: $0)) }
        case .lostCommit:
            try store.transaction(commits: !chance.happens(0.02), body)
        case .doubleCommit:
            try store.transaction(commits: true) { connection in
                let value = try body(connection)
                guard chance.happens(0.02) else { return value }
                // The second time it may be refused, as a repeated insert is; what it did before then stays.
                return (try? body(connection)) ?? value
            }
        }
    }
}

/// A connection that says "done" to every statement that names a token.
private struct CredulousConnection: SQLConnection {
    let base: any SQLConnection
    var dialect: SQLDialect { base.dialect }

    func execute(_ statement: SQL) throws -> Int {
        let changed = try base.execute(statement)
        return changed == 0 && statement.questionMarked.contains("token = ?") ? 1 : changed
    }

    func query(_ statement: SQL) throws -> [SQLRow] { try base.query(statement) }
}
