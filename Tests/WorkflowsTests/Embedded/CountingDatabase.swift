import Concurrency
import Database

/// Counts what is asked of a database.
final class CountingDatabase: Database {
    private let base: any Database
    private let calls = Locked(0)

    init(_ base: any Database) { self.base = base }

    var callCount: Int { calls.withLock { $0 } }
    var dialect: SQLDialect { base.dialect }

    func read<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Value
    ) async throws -> Value {
        calls.withLock { $0 += 1 }
        return try await base.read(body)
    }

    func write<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Value
    ) async throws -> Value {
        calls.withLock { $0 += 1 }
        return try await base.write(body)
    }

    func status() async -> DatabaseStatus { await base.status() }
    func close() async {}
}
