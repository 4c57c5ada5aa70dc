import Concurrency
public import Database

/// A database some of whose transactions fail, as a server's do behind a bad line; else it is the one that it wraps.
public final class FaultyDatabase: Database {
    /// What becomes of a transaction.
    public enum Fate: Sendable, CaseIterable {
        case succeeds
        /// It never reaches the database.
        case failsBefore
        /// It is committed, but its caller is told that the database cannot be reached.
        case failsAfter
        /// It is undone for somebody else's sake.
        case isBusy
        /// It is committed, but its caller hears of it only once others have gone on.
        case isSlow
    }

    private let base: any Database
    private let fate: @Sendable (_ number: Int, _ isWrite: Bool) -> Fate
    private let pause: @Sendable () async -> Void
    private let count = Locked(0)

    /// Wraps `base`.
    /// - Parameters:
    ///   - pause: How long a slow transaction keeps its caller waiting.
    ///   - fate: Asked for each transaction by its number, from 1.
    public init(
        _ base: any Database, pause: @escaping @Sendable () async -> Void = { await Task.yield() },
        fate: @escaping @Sendable (_ number: Int, _ isWrite: Bool) -> Fate
    ) {
        self.base = base
        self.pause = pause
        self.fate = fate
    }

    /// How many transactions there were so far.
    public var transactionCount: Int { count.withLock { $0 } }
    /// That of the base.
    public var dialect: SQLDialect { base.dialect }

    /// Reads from the base, as fate will.
    public func read<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Value
    ) async throws -> Value {
        try await meet(next(isWrite: false)) { try await base.read(body) }
    }

    /// Writes to the base, as fate will.
    @discardableResult
    public func write<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Value
    ) async throws -> Value {
        try await meet(next(isWrite: true)) { try await base.write(body) }
    }

    /// That of the base.
    public func notifications(on channel: String) -> AsyncStream<String>? { base.notifications(on: channel) }
    /// That of the base.
    public func status() async -> DatabaseStatus { await base.status() }
    /// Closes the base.
    public func close() async { await base.close() }

    private func next(isWrite: Bool) -> Fate {
        let number = count.withLock { count in
            count += 1
            return count
        }
        return fate(number, isWrite)
    }

    private func meet<Value>(_ fate: Fate, _ transaction: () async throws -> Value) async throws -> Value {
        switch fate {
        case .succeeds: return try await transaction()
        case .failsBefore: throw DatabaseError.unavailable("the line was cut before")
        case .isBusy: throw DatabaseError.busy("another transaction came first")
        case .failsAfter:
            _ = try await transaction()
            throw DatabaseError.unavailable("the line was cut after")
        case .isSlow:
            let value = try await transaction()
            await pause()
            return value
        }
    }
}
