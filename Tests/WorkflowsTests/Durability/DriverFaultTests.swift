import AtelierTesting
import Concurrency
import Database
import DatabaseSQLite
import Faults
import Testing
import Workflows
import WorkflowsSQL

/// Every transaction of a workflow's life meets each fate in turn, in a life of its own.
@Suite struct `An unreliable database` {
    private static let fates: [FaultyDatabase.Fate] = [.failsBefore, .failsAfter, .isBusy, .isSlow]

    @Test(.timeLimit(.minutes(5)), arguments: TestDatabase.available, fates)
    func `neither loses nor repeats what its engine does`(
        on kind: TestDatabase, _ fate: FaultyDatabase.Fate
    ) async throws {
        var first = 1
        // Where workers poll, a life has more transactions than it needs: those beyond are polls.
        while first < 60, try await survives(fate, at: first...first, on: kind) { first += 1 }
        #expect(first > 15, "each transaction of a life was tried")
    }

    @Test(.timeLimit(.minutes(5)), arguments: TestDatabase.available, fates)
    func `may fail several times in a row`(on kind: TestDatabase, _ fate: FaultyDatabase.Fate) async throws {
        for first in stride(from: 1, to: 24, by: 2) { _ = try await survives(fate, at: first...(first + 3), on: kind) }
    }

    /// - Returns: Whether it came to the transactions of those numbers at all.
    private func survives(
        _ fate: FaultyDatabase.Fate, at numbers: ClosedRange<Int>, on kind: TestDatabase
    ) async throws -> Bool {
        let place: Comment = "\(fate) at \(numbers)"
        return try await withWorkflowDatabase(on: kind) { database in
            let clock = ManualClock()
            _ = try await EmbeddedBed(database, clock: clock).engine.start(Journey.self, id: "j", input: "j")
            let faulty = FaultyDatabase(database) { number, _ in numbers.contains(number) ? fate : .succeeds }
            let bed = EmbeddedBed(faulty, clock: clock, limits: WorkerLimits(sweepInterval: .seconds(86_400)))
            let watcher = EmbeddedBed(database, clock: clock)
            let journal = Journal()
            let journeys = WorkflowRegistry.journeys { activity in
                journal.write("\(activity.idempotencyKey) \(activity.attempt)")
            }
            try await withRunning(clock) {
                try await bed.withWorker(journeys, queues: [.default: 2]) {
                    while try await watcher.engine.describe("j")?.status == .running { try await pause() }
                    let output = try await watcher.engine.result(of: Journey.self, id: "j")
                    #expect(output == Journey.expected("j"), place)
                }
            }
            // Six activities, one of which fails once by design; none is repeated, for none was ever lost.
            #expect(Set(journal.lines).count == journal.lines.count, place)
            // On a server the test's clock may run ahead of a slow answer, and an attempt past its limit is tried again.
            #expect(kind == .sqlite ? journal.lines.count == 7 : journal.lines.count >= 7, place)
            let (open, twice) = try await database.read { connection in
                let open = try connection.query(
                    """
                    SELECT activity_id AS id FROM activity_tasks UNION ALL SELECT timer_id FROM workflow_timers
                    UNION ALL SELECT workflow_id FROM workflow_runs WHERE state <> 4
                    """)
                let twice = try connection.query(
                    "SELECT run FROM workflow_history GROUP BY run, kind, subject HAVING COUNT(*) > 1")
                return (open.count, twice.count)
            }
            #expect(open == 0, place)
            #expect(twice == 0, place)
            return faulty.transactionCount >= numbers.upperBound
        }
    }

    /// Lets time go by quickly while `body` runs, also while its worker stops.
    private func withRunning(_ clock: ManualClock, _ body: @escaping @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                while !Task.isCancelled {
                    clock.advance(by: .milliseconds(100))
                    try await pause()
                }
            }
            group.addTask { try await body() }
            // The clock ends only with its cancellation.
            try await group.next()
            group.cancelAll()
        }
    }
}
