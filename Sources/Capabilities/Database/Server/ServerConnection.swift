/// One connection to a database server, which blocks its thread while it waits.
///
/// Made, used and closed on one thread; ``PooledDatabase`` sees to that.
public protocol ServerConnection: SQLConnection {
    /// Begins a transaction.
    /// - Throws: ``DatabaseError``; ``DatabaseError/unavailable(_:)`` when the connection is gone.
    func begin(_ access: TransactionAccess) throws

    /// Ends the transaction and returns once it is durable.
    /// - Throws: ``DatabaseError``. After ``DatabaseError/unavailable(_:)`` it may have been carried out all the same.
    func commit() throws

    /// Undoes the transaction.
    func rollback() throws

    /// A round trip to the server, to learn whether the connection still works.
    func ping() throws

    /// Whether a fault has made the connection useless, so that it must be replaced.
    var isBroken: Bool { get }

    /// Closes it; nothing is called afterwards.
    func close()
}

/// What a transaction may do.
public enum TransactionAccess: Sendable {
    case reading, writing
}

/// Opens connections to one database on a server.
public protocol ServerDriver: Sendable {
    /// How statements must be worded there.
    var dialect: SQLDialect { get }

    /// Connects; blocks for as long as the connection's time limit.
    /// - Throws: ``DatabaseError/unavailable(_:)`` with the host and the reason, never with a password.
    func connect() throws -> any ServerConnection

    /// Words that other processes send; nil when the server carries none.
    func notifications(on channel: String) -> AsyncStream<String>?

    /// Ends every stream of words.
    func endNotifications()
}

extension ServerDriver {
    /// Nothing: most servers carry no words.
    public func notifications(on channel: String) -> AsyncStream<String>? { nil }
    /// Nothing: most servers carry no words.
    public func endNotifications() {}
}
