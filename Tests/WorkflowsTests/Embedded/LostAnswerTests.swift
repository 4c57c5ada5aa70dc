import AtelierTesting
import Concurrency
import Database
import DatabaseSQLite
import FoundationEssentials
import Testing
import Workflows

@testable import WorkflowsSQL

@Suite struct `An answer that is lost after the commit` {
    @Test(.timeLimit(.minutes(5)))
    func `neither stops a workflow nor repeats a step of it, whichever write it was`() async throws {
        var number = 1
        while try await survives(losing: number) { number += 1 }
        // The last run went through without reaching its loss; so every write of such a run was tried.
        #expect(number > 15)
    }

    /// - Returns: Whether the workflow had that many writes.
    private func survives(losing number: Int) async throws -> Bool {
        try await withWorkflowDatabase { database, _ in
            let forgetful = ForgetfulDatabase(database, losing: number)
            let bed = EmbeddedBed(forgetful, clock: HurriedClock())
            let client = EmbeddedBed(database, clock: HurriedClock())
            try await bed.withWorker(.journeys(), queues: [.default: 2]) {
                _ = try await client.engine.start(Journey.self, id: "j1", input: "j1")
                let output = try await client.engine.result(of: Journey.self, id: "j1")
                #expect(output == Journey.expected("j1"), "write \(number)")
            }
            let twice = try await database.read { connection in
                try connection.query(
                    """
                    SELECT run, kind, subject FROM workflow_history
                    GROUP BY run, kind, subject HAVING COUNT(*) > 1
                    """)
            }
            #expect(twice.isEmpty, "write \(number)")
            return forgetful.hasForgotten
        }
    }
}

/// A database whose n-th write is carried out and reported as failed, as when a connection breaks during the commit.
private final class ForgetfulDatabase: Database {
    private let base: any Database
    private let number: Int
    private let writes = Locked(0)

    init(_ base: any Database, losing number: Int) {
        self.base = base
        self.number = number
    }

    var dialect: SQLDialect { base.dialect }
    var hasForgotten: Bool { writes.withLock { $0 >= number } }

    func read<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Value
    ) async throws -> Value { try await base.read(body) }

    func write<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Value
    ) async throws -> Value {
        let count = writes.withLock { count in
            count += 1
            return count
        }
        let value = try await base.write(body)
        if count == number { throw DatabaseError.unavailable("the connection broke during the commit") }
        return value
    }

    func status() async -> DatabaseStatus { await base.status() }
    func close() async {}
}

/// The machine's time, on which nobody has to wait for long.
private struct HurriedClock: WallClock {
    var now: Date { Date() }
    func sleep(for duration: Duration) async throws { try await Task.sleep(for: duration / 50) }
}
