import AtelierTesting
import Concurrency
import Database
import DatabaseSQLite
import Observability
import Workflows
import WorkflowsSQL

/// The embedded engine over a database of a test's own.
struct EmbeddedBed: WorkflowTestBed {
    let database: any Database
    let clock: any WallClock
    let embedded: SQLWorkflowEngine
    var limits = WorkerLimits()
    var engine: any WorkflowEngine { embedded }

    init(_ database: any Database, clock: any WallClock = SystemClock(), limits: WorkerLimits = WorkerLimits()) {
        self.database = database
        self.clock = clock
        self.limits = limits
        embedded = SQLWorkflowEngine(database: database, clock: clock)
    }

    func withWorker(
        _ registry: WorkflowRegistry, queues: [TaskQueue: Int], _ body: @Sendable () async throws -> Void
    ) async throws {
        let worker = makeWorker(registry, queues: queues)
        let shutdown = ShutdownSignal()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await worker.run(until: shutdown) }
            do { try await body() } catch {
                shutdown.trigger()
                throw error
            }
            shutdown.trigger()
            try await group.waitForAll()
        }
    }

    func makeWorker(
        _ registry: WorkflowRegistry, queues: [TaskQueue: Int] = [.default: 4], metrics: Metrics = Metrics(),
        logger: Logger = .silent, random: @escaping @Sendable () -> Double = { 0.5 }
    ) -> WorkflowWorker {
        WorkflowWorker(
            engine: embedded, registry: registry, queues: queues, limits: limits, logger: logger, metrics: metrics,
            random: random)
    }
}

/// Opens a database of `kind` with the engine's tables, which is removed afterwards.
func withWorkflowDatabase<Result>(
    on kind: TestDatabase, _ body: (any Database) async throws -> Result
) async throws -> Result {
    try await kind.with { database in
        try await Migrator(Migration.workflows).run(on: database)
        return try await body(database)
    }
}

/// Opens a database with the engine's tables in a folder that is removed afterwards.
func withWorkflowDatabase<Result>(_ body: (SQLiteDatabase, TemporaryFolder) async throws -> Result) async throws
    -> Result
{
    try await withTemporaryFolder { folder in
        let database = try await SQLiteDatabase(path: folder.file("workflows.db"))
        try await Migrator(Migration.workflows).run(on: database)
        do {
            let result = try await body(database, folder)
            await database.close()
            return result
        } catch {
            await database.close()
            throw error
        }
    }
}
