import Concurrency
import Database

/// A database that a test takes away and brings back.
final class AwayDatabase: Database {
    private struct State {
        var isAway = false
        /// Writes until it goes away by itself.
        var writesLeft: Int?
        var refusals = 0
    }
    private let base: any Database
    private let state = Locked(State())

    init(_ base: any Database) { self.base = base }

    var dialect: SQLDialect { base.dialect }
    /// What was refused since it went away.
    var refusals: Int { state.withLock { $0.refusals } }

    func goAway(afterWrites count: Int = 0) {
        state.withLock { state in
            state.writesLeft = count
            state.isAway = count == 0
        }
    }

    func comeBack() { state.withLock { ($0.isAway, $0.writesLeft) = (false, nil) } }

    func read<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Value
    ) async throws -> Value {
        try admit(isWrite: false)
        return try await base.read(body)
    }

    func write<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Value
    ) async throws -> Value {
        try admit(isWrite: true)
        return try await base.write(body)
    }

    func status() async -> DatabaseStatus { await base.status() }
    func close() async {}
    func notifications(on channel: String) -> AsyncStream<String>? { base.notifications(on: channel) }

    private func admit(isWrite: Bool) throws {
        let isAway = state.withLock { state in
            if isWrite, let left = state.writesLeft {
                state.writesLeft = max(0, left - 1)
                if left == 0 { state.isAway = true }
            }
            if state.isAway { state.refusals += 1 }
            return state.isAway
        }
        if isAway { throw DatabaseError.unavailable("away") }
    }
}
