import Concurrency
import Database
import DatabaseSQLite
import FoundationEssentials
import Observability
import Workflows
import WorkflowsSQL

/// A fresh database that the engine has to itself, and that is gone after the measurement.
struct ScratchDatabase: Sendable {
    let database: any Database
    /// What makes a commit durable here, as the database itself says.
    let durability: String
    private let metrics: Metrics
    private let folder: String?

    /// Makes it, with the engine's tables.
    /// - Throws: ``LoadFault`` when the database does not flush what it commits.
    static func open() async throws -> ScratchDatabase {
        let metrics = Metrics()
        let folder = try ScratchFolder.make("bench")
        let database = try await SQLiteDatabase(path: folder + "/bench.db", metrics: metrics)
        _ = try await Migrator(Migration.workflows, clock: SystemClock()).run(on: database)
        return ScratchDatabase(
            database: database, durability: try await Durability.check(database), metrics: metrics, folder: folder)
    }

    func close() async throws {
        await database.close()
        if let folder { try FileManager.default.removeItem(atPath: folder) }
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
        _ body: @Sendable (SQLWorkflowEngine) async throws -> Value
    ) async throws -> Value {
        let engine = SQLWorkflowEngine(database: database)
        let worker = WorkflowWorker(
            engine: engine, registry: registry, queues: [.default: slots], limits: limits, metrics: metrics)
        let shutdown = ShutdownSignal()
        async let work: Void = worker.run(until: shutdown)
        let outcome: Result<Value, any Error>
        do { outcome = .success(try await body(engine)) } catch { outcome = .failure(error) }
        shutdown.trigger()
        try await work
        return try outcome.get()
    }
}

/// Whether a commit is on the disk before it is acknowledged.
enum Durability {
    /// - Returns: The settings that say so.
    /// - Throws: ``LoadFault`` when they do not: then nothing that is measured counts.
    static func check(_ database: any Database) async throws -> String {
        switch database.dialect {
        case .sqlite:
            let level = try await database.write { try $0.first("PRAGMA synchronous")?.integer("synchronous") }
            // 2 is FULL: the write-ahead log is flushed with every commit.
            guard level == 2 else { throw LoadFault.broken("the database does not flush its commits") }
            return "synchronous=FULL"
        case .postgresql:
            let settings = try await database.write { connection in
                try ["fsync", "synchronous_commit"].map { name in
                    let row = try connection.first("SELECT current_setting(\(name)) AS value")
                    return "\(name)=\(try row?.text("value") ?? "off")"
                }
            }
            guard !settings.contains(where: { $0.hasSuffix("=off") }) else {
                throw LoadFault.broken("the database does not flush its commits: \(settings.joined(separator: ", "))")
            }
            return settings.joined(separator: ", ")
        case .mysql:
            let level = try await database.write { connection in
                try connection.first("SELECT @@innodb_flush_log_at_trx_commit AS level")?.integer("level")
            }
            guard level == 1 else { throw LoadFault.broken("the database does not flush its commits") }
            return "innodb_flush_log_at_trx_commit=1"
        }
    }
}
