import Database
import DatabaseSQLite

/// One process's way to the database: it takes time, and goes wrong as the weather has it.
struct SimulatedDatabase: Database {
    let process: SimulatedProcess
    private var world: World { process.world }

    var dialect: SQLDialect { .sqlite }

    func read<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Value
    ) async throws -> Value { try await perform(isWrite: false, body) }

    func write<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Value
    ) async throws -> Value { try await perform(isWrite: true, body) }

    func status() async -> DatabaseStatus { DatabaseStatus(connections: 1, busy: 0, waiting: 0, bytes: nil) }
    func close() async {}

    private func perform<Value: Sendable>(
        isWrite: Bool, _ body: @escaping @Sendable (any SQLConnection) throws -> Value
    ) async throws -> Value {
        let number = world.number()
        let fate = world.weather.fate(ofWrite: isWrite, mayDie: process.mayDie, &world.chance)
        try await travel()
        if fate == .refused {
            world.note(.fault, process: process.number, number: number, "refused")
            try await travel()
            throw DatabaseError.busy("the simulation refuses it")
        }
        if fate == .diesBefore {
            process.die("before transaction \(number)")
            throw DatabaseError.closed
        }
        if fate == .repeated { _ = Result { try world.store.transaction(commits: false, body) } }
        let result = Result { try commit(body, isWrite) }
        world.transactions += 1
        world.note(
            .transaction, process: process.number, number: number,
            "\(isWrite ? "write" : "read") \(Self.outcome(result))")
        if fate == .diesAfter {
            process.die("after transaction \(number)")
            throw DatabaseError.closed
        }
        try await travel()
        if fate == .ambiguous {
            world.note(.fault, process: process.number, number: number, "unheard")
            throw DatabaseError.unavailable("the simulation lost the answer")
        }
        return try result.get()
    }

    private func commit<Value>(
        _ body: (any SQLConnection) throws -> Value, _ isWrite: Bool
    ) throws -> Value {
        guard isWrite, let plant = world.plant else { return try world.store.transaction(commits: isWrite, body) }
        return try plant.commit(body, on: world.store, &world.chance)
    }

    /// The way there, or back.
    private func travel() async throws {
        do { try await process.wait(world.weather.delay(&world.chance), as: -world.number()) } catch {
            throw DatabaseError.closed
        }
    }

    private static func outcome<Value>(_ result: Result<Value, any Error>) -> String {
        if case .failure(let error) = result { return "failed: \(error)" }
        return "done"
    }
}
