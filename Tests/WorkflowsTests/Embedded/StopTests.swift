import Concurrency
import Database
import DatabaseSQLite
import Testing
import Workflows
import WorkflowsSQL

/// A worker that is told to stop in the middle of something.
@Suite(.timeLimit(.minutes(1))) struct `A stop of the embedded engine` {
    @Test(arguments: 1...12) func `at any write leaves no workflow behind`(write: Int) async throws {
        try await withWorkflowDatabase { database, _ in
            let shutdown = ShutdownSignal()
            let stopping = StoppingDatabase(database, stopAt: write, shutdown)
            let limits = WorkerLimits(stopGrace: .zero, cancelGrace: .milliseconds(500))
            let first = EmbeddedBed(stopping, limits: limits)
            for id in ["a", "b", "c"] {
                // Not through the database that counts: these are the client's writes.
                _ = try await database.write { connection in
                    try first.engine.start(
                        RunErrand.self, id: WorkflowID(id), input: id, options: StartOptions(), in: connection)
                }
            }
            let worker = first.makeWorker(.errands { input, _ in input }, queues: [.default: 1])

            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await worker.run(until: shutdown) }
                // Those that need fewer writes than that end by themselves.
                group.addTask {
                    for id in ["a", "b", "c"] { _ = try? await first.engine.waitForClose(of: WorkflowID(id)) }
                    shutdown.trigger()
                }
                await shutdown.wait()
                try await group.next()
                group.cancelAll()
            }

            let second = EmbeddedBed(database)
            try await second.withWorker(.errands { input, _ in input }, queues: [.default: 4]) {
                for id in ["a", "b", "c"] {
                    let output = try await second.engine.result(of: RunErrand.self, id: WorkflowID(id))
                    #expect(output == id)
                }
            }
        }
    }
}

/// A database during whose n-th write the program is told to stop.
private final class StoppingDatabase: Database {
    private let base: any Database
    private let stopAt: Int
    private let shutdown: ShutdownSignal
    private let writes = Locked(0)

    init(_ base: any Database, stopAt: Int, _ shutdown: ShutdownSignal) {
        self.base = base
        self.stopAt = stopAt
        self.shutdown = shutdown
    }

    var dialect: SQLDialect { base.dialect }

    func read<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Value
    ) async throws -> Value { try await base.read(body) }

    func write<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Value
    ) async throws -> Value {
        let number = writes.withLock { writes in
            writes += 1
            return writes
        }
        let value = try await base.write(body)
        if number == stopAt {
            shutdown.trigger()
            // Lets the stop get as far as it can before the writer hears that its write is done.
            for _ in 0..<500 { await Task.yield() }
        }
        return value
    }

    func status() async -> DatabaseStatus { await base.status() }
    func close() async {}
}
