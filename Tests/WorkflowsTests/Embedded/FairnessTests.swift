import AtelierTesting
import Concurrency
import Database
import DatabaseSQLite
import Testing
import Workflows

@testable import WorkflowsSQL

/// Owners share what there is, however much one of them brings.
@Suite(.timeLimit(.minutes(2))) struct `Fairness between owners` {
    /// Tells when its errand has been given out.
    struct AnnouncedErrand: Workflow {
        static let name = "AnnouncedErrand"
        func run(_ input: String, in workflow: WorkflowContext) async throws -> String {
            try await workflow.report(step: "ERRAND", progress: 10)
            return try await workflow.execute(Errand.self, input)
        }
    }

    @Test(arguments: [100, 10_000]) func `one job starts within one slot time beside ten thousand of another owner`(
        _ count: Int
    ) async throws {
        try await withWorkflowDatabase { database, _ in
            // Without the sweep, so that only what happens moves anything.
            let bed = EmbeddedBed(database, limits: WorkerLimits(runsInMemory: 64, sweepInterval: .seconds(3600)))
            try await admit(count, of: "busy", database)
            let (turnstile, journal) = (Turnstile(), Journal())
            var errands = WorkflowRegistry.errands { input, _ in
                journal.write(input)
                await turnstile.pass()
                return input
            }
            errands.register(AnnouncedErrand.self)
            try await bed.withWorker(errands, queues: [.default: 4]) {
                await turnstile.whenArrived(4)
                for _ in 1...80 { await turnstile.letOneFollow() }
                try await start("one", of: "shy", bed)
                let before = journal.lines.count
                // Each slot becomes free once.
                for _ in 1...4 { await turnstile.letOneFollow() }
                #expect(journal.lines.dropFirst(before).contains("one"), "\(journal.lines.dropFirst(before))")
                await turnstile.open()
                let output = try await bed.engine.result(of: AnnouncedErrand.self, id: "one")
                #expect(output == "one")
            }
        }
    }

    @Test func `an urgent job comes in although its owner fills memory and slots`() async throws {
        try await withWorkflowDatabase { database, _ in
            let bed = EmbeddedBed(database, limits: WorkerLimits(runsInMemory: 16, sweepInterval: .seconds(3600)))
            try await admit(100, of: "busy", database)
            let (turnstile, journal) = (Turnstile(), Journal())
            var errands = WorkflowRegistry.errands { input, _ in
                journal.write(input)
                await turnstile.pass()
                return input
            }
            errands.register(AnnouncedErrand.self)
            try await bed.withWorker(errands, queues: [.default: 1]) {
                await turnstile.whenArrived(1)
                try await start("urgent", of: "busy", priority: 1, bed)
                await turnstile.letOneFollow()
                #expect(journal.lines.last == "urgent")
                await turnstile.open()
            }
        }
    }

    @Test func `a weight is that many activities a turn`() async throws {
        try await withWorkflowDatabase { database, _ in
            let bed = EmbeddedBed(database, limits: WorkerLimits(sweepInterval: .seconds(3600)))
            try await database.write {
                try $0.execute("INSERT INTO owner_weights (fairness_key, weight) VALUES ('heavy', 3)")
            }
            try await admit(60, of: "light", database)
            try await admit(60, of: "heavy", database)
            let (turnstile, journal) = (Turnstile(), Journal())
            let errands = WorkflowRegistry.errands { input, _ in
                journal.write(input)
                await turnstile.pass()
                return input
            }
            try await bed.withWorker(errands, queues: [.default: 1]) {
                await turnstile.whenArrived(1)
                for _ in 1...60 { await turnstile.letOneFollow() }
                let heavy = journal.lines.suffix(40).count { $0.hasPrefix("heavy") }
                #expect(heavy == 30, "\(journal.lines)")
                await turnstile.open()
            }
        }
    }

    /// Runs that have been admitted, without having gone through thousands of transactions.
    private func admit(_ count: Int, of owner: String, _ database: any Database) async throws {
        try await database.write { connection in
            for number in 1...count {
                let row = RunAdmission(
                    workflowID: WorkflowID(recorded: "\(owner)\(number)"), runID: RunID(rawValue: "\(owner)\(number)"),
                    workflow: RunErrand.name,
                    input: try Payload(encoding: "\(owner)\(number)"), options: StartOptions(owner: owner),
                    startedAt: number)
                _ = try row.insert(on: connection)
            }
        }
    }

    /// Starts a job and returns when its activity waits or runs.
    private func start(_ id: WorkflowID, of owner: String, priority: Int = 3, _ bed: EmbeddedBed) async throws {
        var changes = bed.engine.changes(of: id).makeAsyncIterator()
        try await bed.engine.start(
            AnnouncedErrand.self, id: id, input: id.rawValue, options: StartOptions(owner: owner, priority: priority))
        while try await bed.engine.describe(id)?.pendingActivities.isEmpty != false { await changes.next() }
    }
}
