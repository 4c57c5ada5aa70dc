import AtelierTesting
import Concurrency
import Database
import Testing
import Workflows
import WorkflowsSQL

/// A database that refuses some of its writes, as one on a full disk does, and then has room again.
private final class FullDatabase: Database {
    private let base: any Database
    private let refused: ClosedRange<Int>
    private let writes = Locked(0)

    init(_ base: any Database, refusing refused: ClosedRange<Int>) {
        self.base = base
        self.refused = refused
    }

    var dialect: SQLDialect { base.dialect }

    func read<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Value
    ) async throws -> Value {
        try await base.read(body)
    }

    func write<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Value
    ) async throws -> Value {
        let number = writes.withLock { count in
            count += 1
            return count
        }
        if refused.contains(number) { throw DatabaseError.full("test") }
        return try await base.write(body)
    }

    func status() async -> DatabaseStatus { await base.status() }
    func close() async {}
}

@Suite struct `A full disk` {
    @Test(.timeLimit(.minutes(1)), arguments: 1...24)
    func `delays results of finished work but neither loses nor repeats them`(first: Int) async throws {
        try await withWorkflowDatabase { database, _ in
            let clock = ManualClock()
            _ = try await EmbeddedBed(database, clock: clock).engine.start(Journey.self, id: "j", input: "j")
            let full = FullDatabase(database, refusing: first...(first + 3))
            let bed = EmbeddedBed(full, clock: clock, limits: WorkerLimits(sweepInterval: .seconds(86_400)))
            let journal = Journal()
            let journeys = WorkflowRegistry.journeys { activity in
                journal.write("\(activity.idempotencyKey) \(activity.attempt)")
            }
            try await bed.withWorker(journeys, queues: [.default: 2]) {
                while try await bed.engine.describe("j")?.status == .running {
                    clock.advance(by: .milliseconds(500))
                    try await pause()
                }
                #expect(try await bed.engine.result(of: Journey.self, id: "j") == Journey.expected("j"))
            }
            // Six activities, one of which fails once by design.
            #expect(journal.lines.count == 7)
            #expect(Set(journal.lines).count == 7)
        }
    }
}
