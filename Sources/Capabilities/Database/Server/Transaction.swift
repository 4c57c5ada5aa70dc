/// What a transaction's body is given: the connection, for as long as the transaction lasts.
final class Transaction: SQLConnection {
    private let connection: any ServerConnection
    private var isOver = false
    private(set) var isCommitting = false
    /// Why the server wants the transaction again, or lost it, whatever the body made of that.
    private(set) var failure: DatabaseError?

    init(on connection: any ServerConnection) {
        self.connection = connection
        dialect = connection.dialect
    }

    let dialect: SQLDialect

    func execute(_ statement: SQL) throws -> Int { try watching { try connection.execute(statement) } }
    func query(_ statement: SQL) throws -> [SQLRow] { try watching { try connection.query(statement) } }

    func commit() throws {
        isCommitting = true
        try connection.commit()
    }

    func end() { isOver = true }

    private func watching<Value>(_ body: () throws -> Value) throws -> Value {
        precondition(!isOver, "a connection left the transaction that it was given to")
        if let failure { throw failure }
        do { return try body() } catch let error as DatabaseError {
            switch error {
            case .busy, .unavailable: failure = error
            default: break
            }
            throw error
        }
    }
}

/// Why a transaction did not come to its end, and what that means for another try.
enum TransactionFailure: Error {
    /// There is no connection to try on.
    case noConnection(any Error)
    /// The connection broke before the commit, so nothing of it remains.
    case connectionLost(any Error)
    /// The server wants it again.
    case conflict(any Error)
    /// The body's own error, one that comes again, or a connection that broke during the commit.
    case final(any Error)

    init(_ error: any Error, of transaction: Transaction, on connection: any ServerConnection) {
        // What the server said counts, also when the body put another error in its place.
        let cause = transaction.failure ?? error
        if connection.isBroken {
            self = transaction.isCommitting ? .final(cause) : .connectionLost(cause)
        } else if case DatabaseError.busy = cause {
            self = .conflict(cause)
        } else {
            self = .final(cause)
        }
    }

    /// What the caller is told.
    var cause: any Error {
        switch self {
        case .noConnection(let cause), .connectionLost(let cause), .conflict(let cause), .final(let cause): cause
        }
    }
}
