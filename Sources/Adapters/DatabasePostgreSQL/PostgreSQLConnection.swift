import CPostgreSQL
import Database

/// A session as the pool drives it.
final class PostgreSQLConnection: ServerConnection {
    let dialect = SQLDialect.postgresql
    private let session: PostgreSQLSession
    private var cache = PreparedStatements(limit: 256)
    private var parameters = PostgreSQLParameters()
    /// What undid the transaction: until its end the server takes nothing more.
    private var undoing: DatabaseError?

    init(_ session: PostgreSQLSession) { self.session = session }

    var isBroken: Bool { session.isBroken }

    func begin(_ access: TransactionAccess) throws {
        undoing = nil
        switch access {
        case .reading: try session.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        // As SQLite's: what a transaction read is still so when it commits, or it is run again.
        case .writing: try session.run("BEGIN ISOLATION LEVEL SERIALIZABLE")
        }
    }

    func commit() throws {
        if let undoing { throw undoing }
        // A transaction that is undone already ends with ROLLBACK, and without an error.
        guard try session.run("COMMIT") == "COMMIT" else {
            throw DatabaseError.busy("the server undid the transaction")
        }
    }

    func rollback() throws {
        undoing = nil
        try session.run("ROLLBACK")
    }

    func ping() throws { try session.ping() }

    func close() { session.close() }

    func execute(_ statement: SQL) throws -> Int { try run(statement).changedRows }

    func query(_ statement: SQL) throws -> [SQLRow] { try run(statement).rows() }

    private func run(_ statement: SQL) throws(DatabaseError) -> PostgreSQLResult {
        if let undoing { throw undoing }
        do throws(DatabaseError) {
            try parameters.bind(statement.values)
            // What makes or changes tables is run once; preparing it would be a round trip for nothing.
            if statement.values.isEmpty, Self.isDefinition(statement.questionMarked) {
                return try send(unprepared: statement.questionMarked)
            }
            return try send(prepared: try prepared(statement))
        } catch {
            if error.concernsPlans { cache.forgetAll() }
            let failure = error.naming(statement)
            undoing = failure
            throw failure
        }
    }

    private func prepared(_ statement: SQL) throws(DatabaseError) -> String {
        if let known = cache.name(of: statement.questionMarked) { return known }
        let (name, evicted) = cache.add(statement.questionMarked)
        if let evicted { try session.run("DEALLOCATE \(evicted)") }
        do throws(DatabaseError) {
            let (text, types) = (statement.numbered, parameters.types)
            _ = try session.result { PQsendPrepare(session.pointer, name, text, Int32(types.count), types) }
        } catch {
            cache.forget(statement.questionMarked)
            throw error
        }
        return name
    }

    private func send(prepared name: String) throws(DatabaseError) -> PostgreSQLResult {
        try session.result {
            parameters.withPointers { count, values, lengths, formats in
                PQsendQueryPrepared(session.pointer, name, count, values, lengths, formats, 1)
            }
        }
    }

    private func send(unprepared text: String) throws(DatabaseError) -> PostgreSQLResult {
        try session.result { PQsendQueryParams(session.pointer, text, 0, nil, nil, nil, nil, 1) }
    }

    private static func isDefinition(_ text: String) -> Bool {
        ["CREATE ", "ALTER ", "DROP ", "LOCK "].contains { text.hasPrefix($0) }
    }
}

extension PostgreSQLSession {
    /// An empty statement: the shortest round trip there is.
    func ping() throws(DatabaseError) { try run("", within: limits.check) }
}

/// Names of the statements that a session has prepared, by their text; the least recently used one makes room.
struct PreparedStatements {
    private struct Entry {
        let name: String
        var lastUse: Int
    }
    private let limit: Int
    private var entries: [String: Entry] = [:]
    private var uses = 0

    init(limit: Int) { self.limit = limit }

    mutating func name(of text: String) -> String? {
        uses += 1
        entries[text]?.lastUse = uses
        return entries[text]?.name
    }

    /// - Returns: The new name, and that of a statement to be given up for it.
    mutating func add(_ text: String) -> (name: String, evicted: String?) {
        uses += 1
        var evicted: String?
        if entries.count >= limit, let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse }) {
            evicted = oldest.value.name
            entries[oldest.key] = nil
        }
        // Numbered by use, so that no name is ever given twice.
        let name = "s\(uses)"
        entries[text] = Entry(name: name, lastUse: uses)
        return (name, evicted)
    }

    mutating func forget(_ text: String) { entries[text] = nil }
    mutating func forgetAll() { entries.removeAll(keepingCapacity: true) }
}
