import Concurrency
import Foundation
import Testing
import Workflows

@testable import WorkflowsTemporal

@Suite(.temporalServer, .timeLimit(.minutes(1))) struct `An explanation on Temporal` {
    @Test func `names what a job waits for, and how it ended`() async throws {
        try await withTemporal { bed in
            let (running, mayEnd) = (ShutdownSignal(), ShutdownSignal())
            let chores = WorkflowRegistry.chores { input, _ in
                if input == "slow" {
                    running.trigger()
                    await mayEnd.wait()
                }
                if input == "bad" { throw Chore.Failure() }
                return input
            }
            try await bed.withWorker(chores, queues: [.default: 4]) {
                try await bed.engine.start(Wait.self, id: "time", input: "time")
                try await bed.engine.start(Wait.self, id: "word", input: "word")
                try await bed.engine.start(Wait.self, id: "child", input: "child")
                try await bed.engine.start(RunChores.self, id: "bad", input: "bad")
                try await bed.engine.start(RunChores.self, id: "far", input: "north@far")
                await running.wait()

                let sleeping = try await explanation(of: "time", bed) { $0.code == .sleeping }
                #expect(sleeping.sentence.hasPrefix("Sleeps until 20"))
                #expect(try #require(sleeping.until) > Date().addingTimeInterval(3000))
                let word = try await explanation(of: "word", bed) { $0.code == .waitingForSignal }
                #expect(word.sentence == "Waits for the signal word.")
                let child = try await explanation(of: "child", bed) { $0.code == .waitingForChild }
                #expect(child.sentence.hasPrefix("Waits for its child "))
                let slow = String(child.sentence.dropFirst("Waits for its child ".count).dropLast())
                let busy = try await explanation(of: WorkflowID(recorded: slow), bed) { $0.code == .running }
                #expect(busy.sentence.hasPrefix("Running: Chore, attempt 1, for "))
                #expect(busy.sentence.hasSuffix(" on test."))
                let far = try await explanation(of: "far", bed) { $0.code == .noWorkerForQueue }
                #expect(far.sentence == "No worker serves the queue far; start one with: atelier worker --queue far.")
                let bad = try await explanation(of: "bad", bed) { $0.code == .failed }
                #expect(
                    bad.sentence
                        == "Failed at Chore after 1 attempt: It is out of reach; retry it with atelier jobs retry bad.")
                mayEnd.trigger()
                _ = try await bed.engine.waitForClose(of: "child")
                let done = try await explanation(of: "child", bed) { $0.code == .completed }
                #expect(done.sentence.hasPrefix("Completed in "))
            }
            let nobody = try await bed.temporal.explain("nobody")
            #expect(nobody == nil)
        }
    }

    @Test func `says when the next attempt begins, and why there is one`() async throws {
        try await withTemporal { bed in
            let chores = WorkflowRegistry.chores { _, _ in
                throw Chore.Failure(kind: "busy", isRetryable: true, message: "HTTP 502.")
            }
            try await bed.withWorker(chores, queues: [.default: 1]) {
                try await bed.engine.start(RunChores.self, id: "job", input: "north")

                let retrying = try await explanation(of: "job", bed) { $0.code == .retrying }

                #expect(retrying.sentence.hasPrefix("Retry 1 of 2 of Chore in "))
                #expect(retrying.sentence.hasSuffix(" because: HTTP 502."))
                #expect(try #require(retrying.until) > Date().addingTimeInterval(300))
                try await bed.engine.requestCancel("job", reason: "enough")
            }
        }
    }

    @Test func `says that nobody works, and that Temporal has yet to be told`() async throws {
        try await withTemporal { bed in
            try await bed.engine.start(RunChores.self, id: "job", input: "north")
            let untold = try await bed.temporal.explain("job")
            #expect(untold == WorkflowExplanation(.moving, "On its way to Temporal."))

            let shutdown = ShutdownSignal()
            let dispatcher = TemporalDispatcher(engine: bed.temporal)
            async let end: Void = dispatcher.run(until: shutdown)
            let idle = try await explanation(of: "job", bed) { $0.code == .noWorker }
            #expect(idle.sentence == "No worker runs; start one with: atelier worker.")
            shutdown.trigger()
            try await end
        }
    }

    @Test func `tells what the code cannot do with its history`() async throws {
        try await withTemporal { bed in
            try await bed.withWorker(WorkflowRegistry(), queues: [.default: 1]) {
                try await bed.engine.start(RunChores.self, id: "job", input: "north")

                let stuck = try await explanation(of: "job", bed) { $0.code == .parked }

                #expect(stuck.sentence.hasPrefix("Its code cannot go on: "))
                #expect(stuck.sentence.contains("RunChores"))
            }
        }
    }

    private func explanation(
        of id: WorkflowID, _ bed: TemporalBed, where isWanted: @Sendable (WorkflowExplanation) -> Bool
    ) async throws -> WorkflowExplanation {
        try await until({ try await bed.temporal.explain(id) }, is: isWanted)
    }
}
