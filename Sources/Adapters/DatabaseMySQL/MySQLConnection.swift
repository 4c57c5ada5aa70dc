import CMariaDB
import Database

/// One connection; it stays on the thread that made it.
final class MySQLConnection: ServerConnection {
    let dialect = SQLDialect.mysql

    private let pointer: UnsafeMutablePointer<MYSQL>
    private let place: String
    /// The most bytes of values that the server takes with one statement.
    private var packetLimit = 0
    private var cache = StatementCache(limit: 128)
    private var isClosed = false
    /// Whether the server undid the transaction on its own.
    private var isUndone = false
    private(set) var isBroken = false

    init(_ location: MySQLLocation) throws(DatabaseError) {
        guard MySQLLibrary.isReady, let made = mysql_init(nil) else {
            throw .unavailable("no memory for a connection")
        }
        pointer = made
        place = location.name
        do {
            try open(location, on: made)
            try control(Self.sessionSettings(location))
            packetLimit = try readPacketLimit()
        } catch {
            close()
            throw error
        }
    }

    deinit { close() }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        // The connection first: then its statements are freed without a message to the server for each.
        mysql_close(pointer)
        cache.removeAll()
    }

    func begin(_ access: TransactionAccess) throws {
        isUndone = false
        switch access {
        // Of one moment, from the first statement to the last; it locks nothing.
        case .reading:
            try control(
                """
                SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY
                """)
        // At the session's READ COMMITTED: above it a claim would lock the gaps around its rows as well.
        case .writing: try control("START TRANSACTION READ WRITE")
        }
    }

    func commit() throws {
        try refuseIfUndone()
        try control("COMMIT")
    }

    func rollback() throws {
        isUndone = false
        try control("ROLLBACK")
    }

    func ping() throws {
        guard mysql_ping(pointer) == 0 else { throw fault(MySQLFailure(pointer)) }
    }

    private func readPacketLimit() throws(DatabaseError) -> Int {
        do {
            let row = try query("SELECT @@max_allowed_packet AS size").first
            // The rest is for the statement's own bookkeeping.
            return max(1024, try row?.integer("size") ?? 0) - 512
        } catch let error as DatabaseError { throw error } catch { throw .unavailable("\(place): \(error)") }
    }
}

extension MySQLConnection: SQLConnection {
    func execute(_ statement: SQL) throws -> Int {
        try withPrepared(statement) {
            try $0.execute(statement.values)
        } orElse: {
            0
        }
    }

    func query(_ statement: SQL) throws -> [SQLRow] {
        try withPrepared(statement) {
            try $0.query(statement.values)
        } orElse: {
            []
        }
    }

    /// - Parameter nothing: What a statement returns that is sent as text, since the server does not prepare its kind:
    ///   `SAVEPOINT` and the like, which have neither values nor rows.
    private func withPrepared<Value>(
        _ statement: SQL, _ body: (MySQLStatement) throws -> Value, orElse nothing: () -> Value
    ) throws -> Value {
        guard !isClosed else { throw DatabaseError.closed }
        try refuseIfUndone()
        try checkSize(of: statement)
        do {
            return try body(cache.statement(statement.questionMarked, on: pointer))
        } catch let failure as MySQLFailure where failure.wantsPreparation || failure.isOutOfStatements {
            if failure.isOutOfStatements { cache.removeAll() } else { cache.remove(statement.questionMarked) }
            return try reporting { try body(cache.statement(statement.questionMarked, on: pointer)) }
        } catch let failure as MySQLFailure where failure.isNotPreparable && statement.values.isEmpty {
            // As text the server would take several at once.
            guard !statement.questionMarked.contains(";") else { throw fault(failure) }
            try control(statement.questionMarked)
            return nothing()
        } catch let failure as MySQLFailure {
            throw fault(failure)
        }
    }

    private func reporting<Value>(_ body: () throws -> Value) throws -> Value {
        do { return try body() } catch let failure as MySQLFailure { throw fault(failure) }
    }

    /// A packet over the server's limit would end the connection, and look like a server that is away.
    private func checkSize(of statement: SQL) throws {
        let count = statement.values.reduce(statement.questionMarked.utf8.count) { $0 + $1.byteCount + 16 }
        guard packetLimit == 0 || count <= packetLimit else {
            throw DatabaseError.statement(
                "its values take \(count) bytes and the server takes \(packetLimit); raise max_allowed_packet there")
        }
    }

    private func refuseIfUndone() throws {
        if isUndone { throw DatabaseError.busy("the server undid the transaction after a deadlock") }
    }

    /// Runs statements of the program's own that cannot be prepared.
    private func control(_ text: String) throws(DatabaseError) {
        guard !isClosed else { throw .closed }
        guard mysql_real_query(pointer, text, UInt(text.utf8.count)) == 0 else { throw fault(MySQLFailure(pointer)) }
        while true {
            if let result = mysql_store_result(pointer) { mysql_free_result(result) }
            switch mysql_next_result(pointer) {
            case 0: continue
            case -1: return
            default: throw fault(MySQLFailure(pointer))
            }
        }
    }

    private func fault(_ failure: MySQLFailure) -> DatabaseError {
        if failure.breaksConnection { isBroken = true }
        if failure.undoesTransaction { isUndone = true }
        return failure.error(at: place)
    }
}
