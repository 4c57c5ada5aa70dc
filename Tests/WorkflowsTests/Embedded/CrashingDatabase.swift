import Concurrency
import Database

/// A database whose program dies at its n-th write: before it, or after it but without hearing so.
final class CrashingDatabase: Database {
    enum Moment: CaseIterable, Sendable { case before, after }
    private struct State {
        var writes = 0
        var hasCrashed = false
    }

    private let base: any Database
    private let crashAt: Int
    private let moment: Moment
    private let state = Locked(State())

    init(_ base: any Database, crashAt: Int, _ moment: Moment) {
        self.base = base
        self.crashAt = crashAt
        self.moment = moment
    }

    var dialect: SQLDialect { base.dialect }
    var hasCrashed: Bool { state.withLock { $0.hasCrashed } }

    func read<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Value
    ) async throws -> Value {
        guard !hasCrashed else { throw DatabaseError.closed }
        return try await base.read(body)
    }

    func write<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Value
    ) async throws -> Value {
        let number = state.withLock { state in
            if state.hasCrashed { return 0 }
            state.writes += 1
            if state.writes == crashAt { state.hasCrashed = true }
            return state.writes
        }
        guard number > 0 else { throw DatabaseError.closed }
        if number == crashAt, moment == .before { throw DatabaseError.closed }
        let value = try await base.write(body)
        if number == crashAt { throw DatabaseError.closed }
        return value
    }

    func status() async -> DatabaseStatus { await base.status() }
    func close() async {}
}
