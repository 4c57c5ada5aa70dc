import AtelierTesting
import Concurrency
import Database
import DatabaseSQLite
import Testing
import Workflows

@testable import WorkflowsSQL

/// Workers that die, or are taken for dead.
@Suite(.timeLimit(.minutes(1))) struct `Recovery of the embedded engine` {
    @Test func `a worker that was taken for dead cannot complete what another has taken up`() async throws {
        try await withWorkflowDatabase { database, _ in
            let bed = EmbeddedBed(database)
            let first = (begun: ShutdownSignal(), end: ShutdownSignal(), ended: ShutdownSignal())
            let errands = WorkflowRegistry.errands { _, activity in
                guard activity.attempt == 1 else { return "second" }
                first.begun.trigger()
                // Heeds no cancellation, as a blocked call does.
                await Task.detached { await first.end.wait() }.value
                defer { first.ended.trigger() }
                return "first, too late"
            }
            try await bed.withWorker(errands, queues: [.default: 1]) {
                try await bed.engine.start(RunErrand.self, id: "taken", input: "x")
                await first.begun.wait()
                let sessions = try await database.read { try Sessions.all(on: $0) }
                try await database.write { connection in
                    for session in sessions { _ = try Sessions.bury(session, at: 0, on: connection) }
                }
                // The only slot of the old worker is still taken, so another one must do it.
                try await bed.withWorker(errands, queues: [.default: 1]) {
                    let output = try await bed.engine.result(of: RunErrand.self, id: "taken")
                    #expect(output == "second")
                }
                first.end.trigger()
                await first.ended.wait()
            }
            let completions = try await database.read {
                try $0.query("SELECT payload FROM workflow_history WHERE kind = 'activityCompleted'")
            }
            #expect(try completions.map { String(decoding: try $0.blob("payload"), as: UTF8.self) } == ["\"second\""])
        }
    }

    @Test func `a lost attempt is counted and its heartbeat is handed on`() async throws {
        try await withWorkflowDatabase { database, _ in
            let bed = EmbeddedBed(database)
            try await die(bed, id: "lost", input: "x") { activity in await activity.heartbeat("ticket") }

            let errands = WorkflowRegistry.errands { _, activity in
                "attempt \(activity.attempt) with \(activity.lastHeartbeat(as: String.self) ?? "nothing")"
            }
            try await bed.withWorker(errands, queues: [.default: 1]) {
                let output = try await bed.engine.result(of: RunErrand.self, id: "lost")
                #expect(output == "attempt 2 with ticket")
            }
        }
    }

    @Test func `what kills its worker again and again is parked, its neighbours go on, and it can be released`()
        async throws
    {
        try await withWorkflowDatabase { database, _ in
            let bed = EmbeddedBed(database, limits: WorkerLimits(lossesUntilPoison: 3))
            try await bed.engine.start(RunErrand.self, id: "neighbour", input: "harmless")
            for _ in 1...3 { try await die(bed, id: "poison", input: "poison") { _ in } }

            // Seen by two processes, one after the other: what is parked survives a restart.
            for _ in 1...2 {
                try await bed.withWorker(.errands { input, _ in input }, queues: [.default: 2]) {
                    let outcome1 = try await bed.engine.result(of: RunErrand.self, id: "neighbour")
                    #expect(outcome1 == "harmless")
                    let parked = try await pending("poison", in: .parked, bed)
                    #expect(parked.attempt == 3)
                    #expect(parked.lastFailure?.kind == WorkflowFailure.Kind.workerLost)
                    #expect(parked.lastFailure?.message.contains("3 times") == true)
                }
            }
            try await bed.withWorker(.errands { _, activity in "attempt \(activity.attempt)" }, queues: [.default: 1]) {
                let outcome2 = try await bed.engine.release("neighbour")
                #expect(outcome2 == .notParked)
                let outcome3 = try await bed.engine.release("nobody")
                #expect(outcome3 == .notFound)
                let outcome4 = try await bed.engine.release("poison")
                #expect(outcome4 == .released)
                let output = try await bed.engine.result(of: RunErrand.self, id: "poison")
                #expect(output == "attempt 4")
            }
        }
    }

    @Test func `a parked activity ends with its workflow when that is cancelled or out of time`() async throws {
        try await withWorkflowDatabase { database, _ in
            let clock = ManualClock()
            let bed = EmbeddedBed(database, clock: clock, limits: WorkerLimits(lossesUntilPoison: 1))
            for id in ["cancelled", "late"] as [WorkflowID] {
                try await bed.engine.start(
                    RunErrand.self, id: id, input: "x", options: StartOptions(workflowTimeout: .seconds(60)))
                try await die(bed, id: id, input: "x") { _ in }
            }
            try await bed.withWorker(.errands { input, _ in input }, queues: [.default: 1]) {
                for id in ["cancelled", "late"] as [WorkflowID] { _ = try await pending(id, in: .parked, bed) }
                try await bed.engine.requestCancel("cancelled", reason: "enough")
                let outcome5 = try await bed.engine.waitForClose(of: "cancelled")?.status
                #expect(outcome5 == .cancelled)
                clock.advance(by: .seconds(61))
                let outcome6 = try await bed.engine.waitForClose(of: "late")?.status
                #expect(outcome6 == .timedOut)
            }
        }
    }

    @Test func `a workflow whose code kills its worker again and again is parked, and can be released`() async throws {
        try await withWorkflowDatabase { database, _ in
            let bed = EmbeddedBed(database)
            try await bed.engine.start(RunErrand.self, id: "deadly", input: "x")
            try await database.write { try $0.execute("UPDATE workflow_runs SET state = 5, lost = 5, was_held = 1") }
            for _ in 1...2 {
                try await bed.withWorker(.errands { input, _ in input }, queues: [.default: 1]) {
                    try await bed.engine.start(RunErrand.self, id: "neighbour", input: "x")
                    _ = try await bed.engine.result(of: RunErrand.self, id: "neighbour")
                }
                let end = try await bed.engine.describe("deadly")
                #expect(end?.status == .running)
                #expect(end?.problem?.contains("5 times") == true)
            }
            try await bed.withWorker(.errands { input, _ in input }, queues: [.default: 1]) {
                let outcome7 = try await bed.engine.release("deadly")
                #expect(outcome7 == .released)
                let outcome8 = try await bed.engine.result(of: RunErrand.self, id: "deadly")
                #expect(outcome8 == "x")
            }
        }
    }

    @Test func `suspects that turn out harmless go on, one after the other`() async throws {
        try await withWorkflowDatabase { database, _ in
            let bed = EmbeddedBed(database, limits: WorkerLimits(sweepInterval: .seconds(3600)))
            let ids = (1...6).map { WorkflowID(recorded: "s\($0)") }
            for id in ids { try await bed.engine.start(RunErrand.self, id: id, input: "x") }
            try await database.write { try $0.execute("UPDATE workflow_runs SET state = 5, lost = 2, was_held = 1") }
            try await bed.withWorker(.errands { input, _ in input }, queues: [.default: 2]) {
                for id in ids {
                    let output = try await bed.engine.result(of: RunErrand.self, id: id)
                    #expect(output == "x")
                }
            }
        }
    }

    @Test func `two workers share the work, and nothing is done twice`() async throws {
        try await withWorkflowDatabase { database, _ in
            let bed = EmbeddedBed(database, limits: WorkerLimits(runsInMemory: 8, sweepInterval: .milliseconds(20)))
            let journal = Journal()
            let journeys = WorkflowRegistry.journeys { activity in
                if activity.attempt == 1 { journal.write(activity.idempotencyKey) }
            }
            let ids = (1...30).map { WorkflowID(recorded: "j\($0)") }
            for id in ids { try await bed.engine.start(Journey.self, id: id, input: id.rawValue) }
            try await bed.withWorker(journeys, queues: [.default: 3]) {
                try await bed.withWorker(journeys, queues: [.default: 3]) {
                    for id in ids {
                        let output = try await bed.engine.result(of: Journey.self, id: id)
                        #expect(output == Journey.expected(id.rawValue))
                    }
                }
            }
            #expect(journal.lines.count == 30 * 6)
            #expect(Set(journal.lines).count == journal.lines.count)
        }
    }

    @Test func `a process that runs is seen, and one that ended is too`() {
        let current = ProcessIdentity.current
        #expect(current.isRunning == true)
        #expect(ProcessIdentity(host: current.host, process: "1:0").isRunning == false)
        #expect(ProcessIdentity(host: current.host, process: "4194304:12").isRunning == false)
        #expect(ProcessIdentity(host: "another", process: current.process).isRunning == nil)
    }

    /// The activity of a workflow once it is in `state`.
    ///
    /// Nobody announces that, so it looks again and again, for as long as the test may take.
    private func pending(
        _ id: WorkflowID, in state: PendingActivity.State, _ bed: EmbeddedBed
    ) async throws -> PendingActivity {
        while true {
            if let activity = try await bed.engine.describe(id)?.pendingActivities.first, activity.state == state {
                return activity
            }
            await Task.yield()
        }
    }

    /// Runs a worker until the errand of `input` has begun, and drops it there.
    private func die(
        _ bed: EmbeddedBed, id: WorkflowID, input: String, _ before: @escaping @Sendable (ActivityContext) async -> Void
    ) async throws {
        let begun = ShutdownSignal()
        let worker = bed.makeWorker(
            .errands { given, activity in
                if given != input {
                    // A neighbour that is hit twice; suspected itself then, it is tried alone and shows that it is harmless.
                    if activity.attempt > 2 { return given }
                    await untilCancelled()
                    throw CancellationError()
                }
                await before(activity)
                begun.trigger()
                await untilCancelled()
                throw CancellationError()
            })
        _ = try await bed.engine.start(RunErrand.self, id: id, input: input)
        await withTaskGroup(of: Void.self) { group in
            // It ends with the error of its death.
            group.addTask { try? await worker.run(until: ShutdownSignal()) }
            await begun.wait()
            await worker.abandon()
        }
    }
}
