import Concurrency
import Database
import Observability
import Workflows
import WorkflowsSQL

/// A fresh database that the engine has to itself, and that is gone after the measurement.
struct ScratchDatabase: Sendable {
    let database: any Database
    /// What makes a commit durable here, as the database itself says.
    let durability: String
    private let metrics: Metrics
    private let place: ScratchPlace

    /// Makes it, with the engine's tables.
    /// - Throws: ``LoadFault`` when the database does not flush what it commits.
    static func open(_ place: ScratchPlace, connections: Int) async throws -> ScratchDatabase {
        let metrics = Metrics()
        let database = try await place.open(connections: connections, metrics: metrics)
        _ = try await Migrator(Migration.workflows, clock: SystemClock()).run(on: database)
        return ScratchDatabase(
            database: database, durability: try await Durability.check(database), metrics: metrics, place: place)
    }

    /// Makes one, measures with it, and leaves nothing behind.
    static func with<Value>(
        url: String?, connections: Int, _ body: (ScratchDatabase) async throws -> Value
    ) async throws -> Value {
        let place = try ScratchPlace(url)
        let scratch = try await open(place, connections: connections)
        let outcome: Result<Value, any Error>
        do { outcome = .success(try await body(scratch)) } catch { outcome = .failure(error) }
        await scratch.database.close()
        try await place.remove()
        return try outcome.get()
    }

    /// Commits so far, as the database's own metric counts them.
    func commitCount() async -> Int {
        let name = "atelier_database_commit_seconds_count"
        let lines = await metrics.render().split(separator: "\n").filter { $0.hasPrefix(name) }
        return lines.compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }.map { Int($0) }.reduce(0, +)
    }

    /// Runs `body` while a worker that knows `registry` works on this database.
    func working<Value: Sendable>(
        _ registry: WorkflowRegistry, slots: Int, limits: WorkerLimits = WorkerLimits(),
        _ body: @escaping @Sendable (SQLWorkflowEngine) async throws -> Value
    ) async throws -> Value {
        let engine = SQLWorkflowEngine(database: database)
        let worker = WorkflowWorker(
            engine: engine, registry: registry, queues: [.default: slots], limits: limits, metrics: metrics)
        let shutdown = ShutdownSignal()
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            // A worker that gives up ends the measurement, which would wait for it for ever.
            group.addTask {
                try await worker.run(until: shutdown)
                return nil
            }
            group.addTask {
                defer { shutdown.trigger() }
                return try await body(engine)
            }
            var value: Value?
            while let ended = try await group.next() { value = ended ?? value }
            guard let value else { throw LoadFault.broken("the worker ended before its work did") }
            return value
        }
    }
}
