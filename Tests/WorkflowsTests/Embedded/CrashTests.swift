import AtelierTesting
import Concurrency
import Database
import DatabaseSQLite
import Testing
import Workflows

@testable import WorkflowsSQL

@Suite struct `A crash` {
    private static let ids: [WorkflowID] = ["j1", "j2", "j3"]

    @Test(.timeLimit(.minutes(5)), arguments: CrashingDatabase.Moment.allCases)
    func `at any write loses no workflow and completes none twice`(_ moment: CrashingDatabase.Moment) async throws {
        var crashAt = 1
        while try await survives([crashAt], moment) { crashAt += 1 }
        // The last run went through without reaching its crash; so every write of such a run was tried.
        #expect(crashAt > 20)
    }

    @Test(.timeLimit(.minutes(5)), arguments: [3, 9, 15, 21, 27, 33])
    func `during the recovery from another is recovered from as well`(first: Int) async throws {
        for second in 1...12 { _ = try await survives([first, second, second], .after) }
    }

    /// Lets one process after the other die at its write of that number, and sees the last one complete everything.
    /// - Returns: Whether the first crash came.
    private func survives(_ crashes: [Int], _ moment: CrashingDatabase.Moment) async throws -> Bool {
        try await withWorkflowDatabase { database, _ in
            // Without the sweep that would find what a lost wake-up left behind.
            let limits = WorkerLimits(sweepInterval: .seconds(3600))
            var hasCrashed: Bool?
            for crashAt in crashes {
                let crashing = CrashingDatabase(database, crashAt: crashAt, moment)
                await live(EmbeddedBed(crashing, limits: limits))
                hasCrashed = hasCrashed ?? crashing.hasCrashed
            }
            let bed = EmbeddedBed(database, limits: limits)
            try await bed.withWorker(.journeys(), queues: [.default: 2]) {
                for id in Self.ids {
                    _ = try await bed.engine.start(Journey.self, id: id, input: id.rawValue)
                    let output = try await bed.engine.result(of: Journey.self, id: id)
                    #expect(output == Journey.expected(id.rawValue), "crash \(moment) write \(crashes)")
                }
            }
            try await expectOnce(database, "crash \(moment) write \(crashes)")
            return hasCrashed ?? false
        }
    }

    /// Works until the crash, or until everything is done.
    private func live(_ bed: EmbeddedBed) async {
        let shutdown = ShutdownSignal()
        let worker = bed.makeWorker(.journeys(), queues: [.default: 2])
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                // Its death is the point of the test.
                try? await worker.run(until: shutdown)
                shutdown.trigger()
            }
            group.addTask {
                for id in Self.ids {
                    // What the crash refuses is started again after it, as a client would.
                    _ = try? await bed.engine.start(Journey.self, id: id, input: id.rawValue)
                }
                for id in Self.ids { _ = try? await bed.engine.waitForClose(of: id) }
                shutdown.trigger()
            }
            await shutdown.wait()
            group.cancelAll()
        }
    }

    /// Looks into the tables: nothing is left open, nothing ended twice, every history replays to its outcome.
    private func expectOnce(_ database: SQLiteDatabase, _ place: Comment) async throws {
        let (open, twice, runs) = try await database.read { connection in
            let open = try connection.query(
                """
                SELECT activity_id AS id FROM activity_tasks UNION ALL SELECT timer_id AS id FROM workflow_timers
                UNION ALL SELECT workflow_id AS id FROM workflow_runs WHERE state <> 4
                UNION ALL SELECT id FROM worker_sessions
                """)
            let twice = try connection.query(
                """
                SELECT run, kind, subject, COUNT(*) AS times FROM workflow_history
                GROUP BY run, kind, subject HAVING COUNT(*) > 1
                """)
            let runs = try connection.query(
                "SELECT id, workflow, workflow_id, input, started_at, result FROM workflow_runs")
            return (open, twice, runs)
        }
        #expect(open.isEmpty, place)
        #expect(twice.isEmpty, place)
        #expect(runs.count == 6, place)
        for row in runs { try await expectReplay(row, database, place) }
    }

    private func expectReplay(_ row: SQLRow, _ database: SQLiteDatabase, _ place: Comment) async throws {
        let run = try row.integer("id")
        let history = try await database.read { connection in try History.entries(of: run, on: connection) }
        let definition = try #require(WorkflowRegistry.journeys().workflows[try row.text("workflow")])
        let decider = Decider(
            definition, workflowID: WorkflowID(recorded: try row.text("workflow_id")), runID: RunID(rawValue: "replay"))
        let start = HistoryEntry(
            time: .init(microseconds: try row.integer("started_at")),
            content: .event(.started(input: Payload(bytes: try row.blob("input")))))
        try decider.replay([start] + history)
        #expect(decider.outcome == .completed(Payload(bytes: try row.blob("result"))), place)
    }
}
