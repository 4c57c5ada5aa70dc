import AtelierTesting
import Concurrency
import Database
import DatabaseSQLite
import Testing
import Workflows

@testable import WorkflowsSQL

/// Steps in order and beside each other, a timer, a signal and a child: any of them may be the one that fails.
private struct Expedition: Workflow {
    static let name = "Expedition"
    static let places = ["pack", "north", "east", "south", "trip", "unpack"]

    func run(_ input: String, in workflow: WorkflowContext) async throws -> [String] {
        do {
            var seen = [try await workflow.execute(Errand.self, "pack")]
            seen += try await workflow.executeAll(Errand.self, ["north", "east", "south"])
            async let trip = workflow.executeChild(RunErrand.self, "trip")
            try await workflow.sleep(for: .milliseconds(1))
            seen.append(try await trip)
            let word: String = try await workflow.signal(named: "word")
            seen.append(word)
            seen.append(try await workflow.execute(Errand.self, "unpack"))
            return seen
        } catch {
            // Work of its own after the failure, as studios do: it must not be in the way.
            _ = try await workflow.shielded { try await workflow.execute(Errand.self, "mourn") }
            throw error
        }
    }
    static let expected = ["pack", "north", "east", "south", "trip", "now", "unpack"]
}

/// What the errands do: some places are out of reach until they are repaired.
private final class World: Sendable {
    private let broken: Locked<Set<String>>
    let done = Journal()

    init(broken: Set<String>) { self.broken = Locked(broken) }

    func repair() { broken.withLock { $0 = [] } }

    var registry: WorkflowRegistry {
        var registry = WorkflowRegistry.errands { [self] input, _ in
            if broken.withLock({ $0.contains(input) }) {
                throw Errand.Failure(kind: "broken", isRetryable: false, message: "\(input) is out of reach.")
            }
            done.write(input)
            return input
        }
        registry.register(Expedition.self)
        registry.register(Failing.self)
        registry.register(Twins.self)
        return registry
    }
}

/// Ends by itself after its errand, with no failure on record, until it is mended.
private struct Failing: Workflow {
    static let name = "Failing"
    static let isMended = Locked(false)
    struct Fault: Error {}
    func run(_ input: String, in workflow: WorkflowContext) async throws -> String {
        let value = try await workflow.execute(Errand.self, input)
        if !Self.isMended.withLock({ $0 }) { throw Fault() }
        return value
    }
}

/// Two errands at once; the second is slow.
private struct Twins: Workflow {
    static let name = "Twins"
    func run(_ input: [String], in workflow: WorkflowContext) async throws -> [String] {
        async let first = workflow.execute(Errand.self, input[0])
        async let second = workflow.execute(Errand.self, input[1])
        return [try await first, try await second]
    }
}

@Suite(.timeLimit(.minutes(1))) struct `A retry` {
    @Test(arguments: Expedition.places, [1, 512])
    func `of a failed job goes on where it failed, whatever failed, and repeats nothing that was done`(
        place: String, room: Int
    ) async throws {
        try await withWorkflowDatabase { database, _ in
            let bed = EmbeddedBed(database, limits: WorkerLimits(runsInMemory: room))
            let world = World(broken: [place])
            try await bed.withWorker(world.registry, queues: [.default: 4]) {
                try await bed.engine.start(Expedition.self, id: "job", input: "x")
                try await bed.engine.signal("job", named: "word", "now")
                let end = try await bed.engine.waitForClose(of: "job")
                #expect(end?.status == .failed)
                #expect(end?.failure?.message == "\(place) is out of reach.")

                world.repair()
                let outcome = try await bed.embedded.retry("job")
                guard case .done = outcome else { throw Unexpected(outcome) }
                let output = try await bed.engine.result(of: Expedition.self, id: "job")
                #expect(output == Expedition.expected)
            }
            let done = world.done.lines.filter { $0 != "mourn" }
            #expect(done.sorted() == Expedition.places.sorted())
            try await expectReplay(of: "job", Expedition.self, in: database, world)
            let entries = try #require(try await bed.embedded.timeline(of: "job")).entries
            #expect(entries.count { $0.kind == .reopened } == 1)
            #expect(entries.contains { $0.isUndone && $0.text == "The job ended as failed: \(place) is out of reach." })
            let hasAttempt = entries.contains { $0.attempt?.failure?.message == "\(place) is out of reach." }
            #expect(hasAttempt == (place != "trip"))
        }
    }

    @Test func `fails again, and is retried again, as often as it takes`() async throws {
        try await withWorkflowDatabase { database, _ in
            let bed = EmbeddedBed(database)
            let world = World(broken: ["unpack"])
            try await bed.withWorker(world.registry, queues: [.default: 4]) {
                try await bed.engine.start(Expedition.self, id: "job", input: "x")
                try await bed.engine.signal("job", named: "word", "now")
                for _ in 1...3 {
                    #expect(try await bed.engine.waitForClose(of: "job")?.status == .failed)
                    let outcome = try await bed.embedded.retry("job")
                    #expect(outcome == .done("It goes on; 5 finished steps are kept."))
                }
                #expect(try await bed.engine.waitForClose(of: "job")?.status == .failed)
                world.repair()
                _ = try await bed.embedded.retry("job")
                let output = try await bed.engine.result(of: Expedition.self, id: "job")
                #expect(output == Expedition.expected)
            }
            #expect(world.done.lines.filter { $0 != "mourn" }.sorted() == Expedition.places.sorted())
            #expect(world.done.lines.count { $0 == "mourn" } == 4)
            try await expectReplay(of: "job", Expedition.self, in: database, world)
            let entries = try #require(try await bed.embedded.timeline(of: "job")).entries
            #expect(entries.count { $0.kind == .reopened } == 4)
            #expect(entries.count { $0.kind == .ended } == 5)
        }
    }

    @Test func `keeps what a sibling finished after the failure`() async throws {
        try await withWorkflowDatabase { database, _ in
            let bed = EmbeddedBed(database)
            let (failed, slow, journal) = (ShutdownSignal(), ShutdownSignal(), Journal())
            let isBroken = Locked(true)
            var registry = WorkflowRegistry.errands { input, _ in
                if input == "slow" {
                    await slow.wait()
                } else if isBroken.withLock({ $0 }) {
                    failed.trigger()
                    throw Errand.Failure(isRetryable: false)
                }
                journal.write(input)
                return input
            }
            registry.register(Twins.self)
            try await bed.withWorker(registry, queues: [.default: 2]) {
                try await bed.engine.start(Twins.self, id: "twins", input: ["quick", "slow"])
                await failed.wait()
                while try await bed.failures() == 0 { try await pause() }
                // It finishes in spite of its cancellation, after the failure is on record.
                slow.trigger()
                #expect(try await bed.engine.waitForClose(of: "twins")?.status == .failed)
                isBroken.withLock { $0 = false }
                _ = try await bed.embedded.retry("twins")
                let output = try await bed.engine.result(of: Twins.self, id: "twins")
                #expect(output == ["quick", "slow"])
            }
            #expect(journal.lines == ["slow", "quick"])
        }
    }

    @Test func `of one that its own code ended tells the code again what it was told last`() async throws {
        try await withWorkflowDatabase { database, _ in
            let bed = EmbeddedBed(database)
            let world = World(broken: [])
            try await bed.withWorker(world.registry, queues: [.default: 1]) {
                try await bed.engine.start(Failing.self, id: "job", input: "x")
                #expect(try await bed.engine.waitForClose(of: "job")?.status == .failed)
                Failing.isMended.withLock { $0 = true }
                _ = try await bed.embedded.retry("job")
                let output = try await bed.engine.result(of: Failing.self, id: "job")
                #expect(output == "x")
            }
            #expect(world.done.lines == ["x"])
        }
    }

    @Test func `of one that took too long gives it its whole time again`() async throws {
        try await withWorkflowDatabase { database, _ in
            let clock = ManualClock()
            let bed = EmbeddedBed(database, clock: clock)
            let options = StartOptions(workflowTimeout: .seconds(60))
            _ = try await bed.engine.write { connection in
                try bed.engine.start(SleepLong.self, id: "job", input: 50, options: options, in: connection)
            }
            clock.advance(by: .seconds(30))
            try await bed.withWorker(.errands { input, _ in input }, queues: [.default: 1]) {
                while try await bed.engine.describe("job")?.status == .running {
                    clock.advance(by: .seconds(1))
                    try await pause()
                }
                #expect(try await bed.engine.describe("job")?.status == .timedOut)
                _ = try await bed.embedded.retry("job")
                while try await bed.engine.describe("job")?.status == .running {
                    clock.advance(by: .seconds(1))
                    try await pause()
                }
                #expect(try await bed.engine.describe("job")?.status == .completed)
            }
        }
    }

    @Test func `from a step of one's choice takes that step back`() async throws {
        try await withWorkflowDatabase { database, _ in
            let bed = EmbeddedBed(database)
            let world = World(broken: ["unpack"])
            try await bed.withWorker(world.registry, queues: [.default: 4]) {
                try await bed.engine.start(Expedition.self, id: "job", input: "x")
                try await bed.engine.signal("job", named: "word", "now")
                #expect(try await bed.engine.waitForClose(of: "job")?.status == .failed)
                let unknown = try await bed.embedded.retry("job", from: "Nothing-1")
                #expect(unknown == .refused("Its history holds no end of the activity Nothing-1."))
                world.repair()
                let outcome = try await bed.embedded.retry("job", from: "Errand-1")
                #expect(outcome == .done("It goes on; 0 finished steps are kept."))
                let output = try await bed.engine.result(of: Expedition.self, id: "job")
                #expect(output == Expedition.expected)
            }
            #expect(world.done.lines.count { $0 == "pack" } == 2)
            try await expectReplay(of: "job", Expedition.self, in: database, world)
        }
    }

    @Test func `begins a waiting attempt at once`() async throws {
        try await withWorkflowDatabase { database, _ in
            let bed = EmbeddedBed(database)
            let errands = WorkflowRegistry.errands { input, activity in
                if activity.attempt == 1 { throw Errand.Failure(retryAfter: .seconds(3600)) }
                return input
            }
            try await bed.withWorker(errands, queues: [.default: 1]) {
                try await bed.engine.start(RunErrand.self, id: "job", input: "x")
                _ = try await bed.pending("job") { $0.state == .backoff }
                let outcome = try await bed.embedded.retry("job")
                #expect(outcome == .done("1 waiting attempt begins now."))
                let output = try await bed.engine.result(of: RunErrand.self, id: "job")
                #expect(output == "x")
            }
        }
    }

    @Test func `of what cannot be retried is refused with the reason`() async throws {
        try await withWorkflowDatabase { database, _ in
            let bed = EmbeddedBed(database)
            let world = World(broken: ["trip"])
            try await bed.withWorker(world.registry, queues: [.default: 2]) {
                try await bed.engine.start(RunErrand.self, id: "good", input: "x")
                _ = try await bed.engine.waitForClose(of: "good")
                try await bed.engine.start(SleepLong.self, id: "sleeping", input: 3600)
                let running = try await bed.embedded.retry("sleeping")
                #expect(running == .refused("It has not failed, and nothing of it waits for a further attempt."))
                try await bed.engine.requestCancel("sleeping", reason: "enough")
                _ = try await bed.engine.waitForClose(of: "sleeping")
                try await bed.engine.start(Expedition.self, id: "job", input: "x")
                _ = try await bed.engine.waitForClose(of: "job")
            }
            let outcomes = [
                try await bed.embedded.retry("good"), try await bed.embedded.retry("sleeping"),
                try await bed.embedded.retry("job:RunErrand-1"), try await bed.embedded.retry("nobody"),
            ]
            #expect(
                outcomes == [
                    .refused("It completed; there is nothing to retry."),
                    .refused("It was cancelled; start a new one instead."),
                    .refused("It is a child of job; retry that one."), .notFound,
                ])
        }
    }

    @Test func `whose job's own record refuses changes nothing`() async throws {
        try await withWorkflowDatabase { database, _ in
            let bed = EmbeddedBed(database)
            let world = World(broken: ["x"])
            bed.embedded.whenReopened { job, _ in throw ReopeningRefused("The record of \(job.id) is gone.") }
            try await bed.withWorker(world.registry, queues: [.default: 2]) {
                try await bed.engine.start(RunErrand.self, id: "job", input: "x")
                _ = try await bed.engine.waitForClose(of: "job")
            }
            let before = try await bed.engine.describe("job")
            let outcome = try await bed.embedded.retry("job")
            #expect(outcome == .refused("The record of job is gone."))
            let after = try await bed.engine.describe("job")
            #expect(after == before)
        }
    }

    private struct Unexpected: Error {
        let outcome: InterventionOutcome
        init(_ outcome: InterventionOutcome) { self.outcome = outcome }
    }

    /// The history that is left takes today's code to the end it had.
    private func expectReplay<W: Workflow>(
        of id: WorkflowID, _ type: W.Type, in database: SQLiteDatabase, _ world: World
    ) async throws {
        let row = try #require(
            try await database.read {
                try $0.first("SELECT id, input, result FROM workflow_runs WHERE workflow_id = \(id.rawValue)")
            })
        let run = try row.integer("id")
        let history = try await database.read { try History.entries(of: run, on: $0) }
        let definition = try #require(world.registry.workflows[W.name])
        let decider = Decider(definition, workflowID: id, runID: RunID(rawValue: "replay"))
        let start = HistoryEntry(
            time: .init(microseconds: 0), content: .event(.started(input: Payload(bytes: try row.blob("input")))))
        try decider.replay([start] + history)
        #expect(decider.outcome == .completed(Payload(bytes: try row.blob("result"))))
    }
}

extension EmbeddedBed {
    /// How many activities have failed for good.
    fileprivate func failures() async throws -> Int {
        try await database.read {
            try $0.query("SELECT run FROM workflow_history WHERE kind = 'activityFailed'").count
        }
    }
}
