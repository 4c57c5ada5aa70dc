import AtelierTesting
import Concurrency
import Database
import Testing
import Workflows

@testable import WorkflowsSQL

/// Two errands, one after the other.
private struct TwoErrands: Workflow {
    static let name = "TwoErrands"
    func run(_ input: String, in workflow: WorkflowContext) async throws -> String {
        let first = try await workflow.execute(Errand.self, input + "1")
        return first + (try await workflow.execute(Errand.self, input + "2"))
    }
}

private struct Household: Workflow {
    static let name = "Household"
    func run(_ input: String, in workflow: WorkflowContext) async throws -> String {
        try await workflow.executeChild(TwoErrands.self, input)
    }
}

@Suite(.timeLimit(.minutes(1))) struct `A paused job` {
    private func registry(
        _ body: @escaping @Sendable (String, ActivityContext) async throws -> String
    ) -> WorkflowRegistry {
        var registry = WorkflowRegistry.errands(body)
        registry.register(TwoErrands.self)
        registry.register(Household.self)
        return registry
    }

    @Test(arguments: [false, true])
    func `begins nothing new, keeps what was running, and goes on when it is resumed`(elsewhere: Bool) async throws {
        try await withWorkflowDatabase { database, _ in
            let bed = EmbeddedBed(database)
            // Of what another process does the worker has not heard when the activity ends.
            let operators = elsewhere ? SQLWorkflowEngine(database: database) : bed.embedded
            let (running, goOn, journal) = (ShutdownSignal(), ShutdownSignal(), Journal())
            let errands = registry { input, _ in
                running.trigger()
                await goOn.wait()
                journal.write(input)
                return input
            }
            try await bed.withWorker(errands, queues: [.default: 4]) {
                try await bed.engine.start(TwoErrands.self, id: "job", input: "x")
                await running.wait()
                let paused = try await operators.pause("job", by: "ada", reason: "a look at it")
                #expect(paused == .done("It is paused: what runs may end, and nothing new begins until it is resumed."))
                let again = try await operators.pause("job", by: nil, reason: nil)
                #expect(again == .refused("It is paused already."))
                // At once: whether the worker has heard of it or not, the second errand must not begin.
                goOn.trigger()
                while journal.lines.isEmpty { try await pause() }
                // Others are served meanwhile, so a worker had every chance to move it.
                try await bed.engine.start(RunErrand.self, id: "other", input: "other")
                _ = try await bed.engine.result(of: RunErrand.self, id: "other")
                try await bed.until("job", is: .paused)
                let description = try #require(try await bed.engine.describe("job"))
                #expect(description.pause?.by == "ada" && description.pause?.reason == "a look at it")
                #expect(journal.lines == ["x1", "other"])

                let resumed = try await bed.embedded.resume("job")
                #expect(resumed == .done("It goes on."))
                let output = try await bed.engine.result(of: TwoErrands.self, id: "job")
                #expect(output == "x1x2")
                #expect(journal.lines == ["x1", "other", "x2"])
                #expect(try await bed.engine.describe("job")?.pause == nil)
            }
        }
    }

    @Test func `stays paused over a restart, whatever it waited for`() async throws {
        try await withWorkflowDatabase { database, _ in
            let bed = EmbeddedBed(database)
            let journal = Journal()
            let errands = registry { input, _ in
                journal.write(input)
                return input
            }
            for id: WorkflowID in ["fresh", "cancelled"] {
                try await bed.engine.start(TwoErrands.self, id: id, input: id.rawValue)
                _ = try await bed.embedded.pause(id, by: nil, reason: nil)
            }
            try await bed.withWorker(errands, queues: [.default: 4]) {
                try await bed.engine.start(RunErrand.self, id: "other", input: "other")
                _ = try await bed.engine.result(of: RunErrand.self, id: "other")
                try await bed.engine.requestCancel("cancelled", reason: "enough")
                #expect(try await bed.engine.waitForClose(of: "cancelled")?.status == .cancelled)
            }
            #expect(journal.lines == ["other"])
            try await bed.withWorker(errands, queues: [.default: 4]) {
                _ = try await bed.embedded.resume("fresh")
                let output = try await bed.engine.result(of: TwoErrands.self, id: "fresh")
                #expect(output == "fresh1fresh2")
            }
            let outcomes = [
                try await bed.embedded.resume("fresh"), try await bed.embedded.pause("fresh", by: nil, reason: nil),
                try await bed.embedded.resume("nobody"),
            ]
            #expect(
                outcomes == [
                    .refused("It has ended; there is nothing to resume."),
                    .refused("It has ended; there is nothing to pause."), .notFound,
                ])
        }
    }

    @Test func `does not try again what failed, until it is resumed, and ends at its deadline`() async throws {
        try await withWorkflowDatabase { database, _ in
            let clock = ManualClock()
            let bed = EmbeddedBed(database, clock: clock)
            let (failed, goOn, journal) = (ShutdownSignal(), ShutdownSignal(), Journal())
            let errands = registry { input, activity in
                journal.write("\(input) \(activity.attempt)")
                if input == "x1", activity.attempt == 1 {
                    failed.trigger()
                    await goOn.wait()
                    throw Errand.Failure()
                }
                return input
            }
            let options = StartOptions(workflowTimeout: .seconds(3600))
            _ = try await bed.engine.write { connection in
                try bed.engine.start(TwoErrands.self, id: "late", input: "l", options: options, in: connection)
            }
            _ = try await bed.embedded.pause("late", by: nil, reason: nil)
            try await bed.withWorker(errands, queues: [.default: 4]) {
                try await bed.engine.start(TwoErrands.self, id: "job", input: "x")
                await failed.wait()
                _ = try await bed.embedded.pause("job", by: nil, reason: nil)
                try await bed.until("job", is: .paused)
                goOn.trigger()
                while try await bed.tasks(in: .paused) == 0 { try await pause() }
                while try await bed.engine.describe("late")?.status == .running {
                    clock.advance(by: .seconds(60))
                    try await pause()
                }
                #expect(try await bed.engine.describe("late")?.status == .timedOut)
                #expect(journal.lines == ["x1 1"])
                _ = try await bed.embedded.resume("job")
                let output = try await bed.engine.result(of: TwoErrands.self, id: "job")
                #expect(output == "x1x2")
                #expect(journal.lines == ["x1 1", "x1 2", "x2 1"])
            }
        }
    }

    @Test func `pauses its children with it`() async throws {
        try await withWorkflowDatabase { database, _ in
            let bed = EmbeddedBed(database)
            let (running, goOn, journal) = (ShutdownSignal(), ShutdownSignal(), Journal())
            let errands = registry { input, _ in
                running.trigger()
                await goOn.wait()
                journal.write(input)
                return input
            }
            try await bed.withWorker(errands, queues: [.default: 4]) {
                try await bed.engine.start(Household.self, id: "home", input: "x")
                await running.wait()
                _ = try await bed.embedded.pause("home", by: nil, reason: nil)
                try await bed.until("home", is: .paused)
                try await bed.until("home:TwoErrands-1", is: .paused)
                goOn.trigger()
                while try await bed.completedInInbox() == 0 { try await pause() }
                #expect(journal.lines == ["x1"])
                _ = try await bed.embedded.resume("home")
                let output = try await bed.engine.result(of: Household.self, id: "home")
                #expect(output == "x1x2")
            }
        }
    }

    @Test func `is left alone by a worker that takes over from a dead one`() async throws {
        try await withWorkflowDatabase { database, _ in
            let bed = EmbeddedBed(database)
            let (running, shutdown) = (ShutdownSignal(), ShutdownSignal())
            let doomed = bed.makeWorker(
                registry { _, _ in
                    running.trigger()
                    await untilCancelled()
                    throw CancellationError()
                })
            try await bed.engine.start(TwoErrands.self, id: "job", input: "x")
            async let end: Void = doomed.run(until: shutdown)
            await running.wait()
            await doomed.abandon()
            // It was told to die.
            try? await end
            _ = try await bed.embedded.pause("job", by: nil, reason: nil)
            let journal = Journal()
            let errands = registry { input, _ in
                journal.write(input)
                return input
            }
            try await bed.withWorker(errands, queues: [.default: 4]) {
                try await bed.until("job", is: .paused)
                try await bed.engine.start(RunErrand.self, id: "other", input: "other")
                _ = try await bed.engine.result(of: RunErrand.self, id: "other")
                #expect(journal.lines == ["other"])
                _ = try await bed.embedded.resume("job")
                let output = try await bed.engine.result(of: TwoErrands.self, id: "job")
                #expect(output == "x1x2")
            }
        }
    }
}

extension EmbeddedBed {
    fileprivate func until(_ id: WorkflowID, is state: RunState) async throws {
        while true {
            let found = try await database.read {
                try $0.first("SELECT state FROM workflow_runs WHERE workflow_id = \(id.rawValue)")?.integer("state")
            }
            if found == state.rawValue { return }
            try await pause()
        }
    }

    fileprivate func tasks(in state: TaskState) async throws -> Int {
        try await database.read {
            try $0.query("SELECT run FROM activity_tasks WHERE state = \(state.rawValue)").count
        }
    }

    fileprivate func completedInInbox() async throws -> Int {
        try await database.read {
            try $0.query("SELECT run FROM workflow_inbox WHERE kind = 'activityCompleted'").count
        }
    }
}
