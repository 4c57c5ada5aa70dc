import AtelierTesting
import Concurrency
import Database
import DatabaseSQLite
import Foundation
import Testing
import Workflows
import WorkflowsSQL

private struct Asking: Workflow {
    static let name = "Asking"
    func run(_ input: String, in workflow: WorkflowContext) async throws -> String {
        try await workflow.signal(named: "approve")
    }
}

private struct Minding: Workflow {
    static let name = "Minding"
    func run(_ input: Int, in workflow: WorkflowContext) async throws -> String {
        try await workflow.executeChild(SleepLong.self, input)
    }
}

/// Why a job is where it is, in a sentence.
@Suite(.timeLimit(.minutes(1))) struct `An explanation` {
    private func registry(
        _ body: @escaping @Sendable (String, ActivityContext) async throws -> String
    ) -> WorkflowRegistry {
        var registry = WorkflowRegistry.errands(body)
        registry.register(Asking.self)
        registry.register(Minding.self)
        return registry
    }

    @Test func `names the place in the line, and says when nobody works`() async throws {
        try await withWorkflowDatabase { database, _ in
            let bed = EmbeddedBed(database, limits: WorkerLimits(runsInMemory: 1))
            for id: WorkflowID in ["a", "b", "c"] { try await bed.engine.start(RunErrand.self, id: id, input: "x") }
            let idle = try await bed.embedded.explain("b")
            #expect(idle == WorkflowExplanation(.noWorker, "No worker runs; start one with: atelier worker."))
            let unknown = try await bed.embedded.explain("nobody")
            #expect(unknown == nil)

            let (running, goOn) = (ShutdownSignal(), ShutdownSignal())
            let errands = registry { input, _ in
                running.trigger()
                await goOn.wait()
                return input
            }
            try await bed.withWorker(errands, queues: [.default: 1]) {
                await running.wait()
                let first = try #require(try await bed.embedded.explain("a"))
                let pid = ProcessInfo.processInfo.processIdentifier
                #expect(first.code == .running)
                #expect(first.sentence.hasPrefix("Running: Errand, attempt 1, for "))
                #expect(first.sentence.hasSuffix(":\(pid)."))
                let last = try #require(try await bed.embedded.explain("c"))
                #expect(last == WorkflowExplanation(.waiting, "Waiting: place 2 for a workflow slot; 1 are in memory."))
                goOn.trigger()
                _ = try await bed.engine.waitForClose(of: "c")
                let end = try #require(try await bed.embedded.explain("c"))
                #expect(end.code == .completed && end.sentence.hasPrefix("Completed in "))
            }
        }
    }

    @Test func `of a retry says which, when and why, and of a failure where it was and what to do`() async throws {
        try await withWorkflowDatabase { database, _ in
            let clock = ManualClock()
            let bed = EmbeddedBed(database, clock: clock)
            let retry = RetryPolicy(
                initialInterval: .seconds(40), maximumInterval: .seconds(40), maximumAttempts: 3, jitter: 0)
            let errands = registry { _, _ in throw Errand.Failure(kind: "busy", message: "HTTP 502.") }
            try await bed.withWorker(errands, queues: [.default: 1]) {
                try await bed.engine.start(RunCarefulErrand.self, id: "job", input: ActivityOptions(retry: retry))
                _ = try await bed.pending("job") { $0.state == .backoff }
                let waiting = try #require(try await bed.embedded.explain("job"))
                #expect(waiting.code == .retrying)
                #expect(waiting.sentence == "Retry 1 of 2 of Errand in 40 s because: HTTP 502.")
                #expect(waiting.until == clock.now.addingTimeInterval(40))
                while try await bed.engine.describe("job")?.status == .running {
                    clock.advance(by: .seconds(10))
                    try await pause()
                }
            }
            let failed = try #require(try await bed.embedded.explain("job"))
            #expect(failed.code == .failed)
            #expect(
                failed.sentence
                    == "Failed at Errand after 3 attempts: HTTP 502; retry it with atelier jobs retry job.")
        }
    }

    @Test func `names the queue that nobody serves, that is paused, full, or held back by its rate`() async throws {
        try await withWorkflowDatabase { database, _ in
            let clock = ManualClock()
            let bed = EmbeddedBed(database, clock: clock)
            let (running, goOn) = (ShutdownSignal(), ShutdownSignal())
            let errands = registry { input, _ in
                running.trigger()
                await goOn.wait()
                return input
            }
            try await bed.withWorker(errands, queues: [.default: 1]) {
                try await bed.engine.start(
                    RunCarefulErrand.self, id: "gpu", input: ActivityOptions(taskQueue: "gpu"))
                _ = try await bed.pending("gpu") { $0.state == .queued }
                let alone = try await bed.embedded.explain("gpu")
                #expect(
                    alone
                        == WorkflowExplanation(
                            .noWorkerForQueue,
                            "No worker serves the queue gpu; start one with: atelier worker --queue gpu."))

                try await bed.engine.start(RunErrand.self, id: "first", input: "x")
                await running.wait()
                try await bed.engine.start(RunErrand.self, id: "second", input: "x")
                _ = try await bed.pending("second") { $0.state == .queued }
                let queued = try await bed.embedded.explain("second")
                #expect(queued == WorkflowExplanation(.queued, "Waiting for a slot of queue default: place 1."))

                try await rule("concurrency_limit = 1", in: database)
                let full = try await bed.embedded.explain("second")
                #expect(
                    full
                        == WorkflowExplanation(
                            .queueFull, "Waiting for a slot of queue default: 1 of 1 are running; place 1."))

                let now = Int((clock.now.timeIntervalSince1970 * 1_000_000).rounded())
                try await rule(
                    "concurrency_limit = NULL, rate_limit = 0.5, tokens = 0.6, refilled_at = \(now)", in: database)
                let limited = try #require(try await bed.embedded.explain("second"))
                #expect(limited.code == .rateLimited)
                #expect(limited.sentence == "Rate limit of queue default: next start in 800 ms.")

                try await rule("paused_at = 0, pause_reason = 'it is mended.'", in: database)
                let paused = try await bed.embedded.explain("second")
                #expect(
                    paused
                        == WorkflowExplanation(
                            .queuePaused,
                            "Queue default is paused since 1970-01-01 00:00:00 UTC because: it is mended."))
                try await database.write { _ = try $0.execute("DELETE FROM task_queues") }
                goOn.trigger()
                _ = try await bed.engine.waitForClose(of: "second")
            }
        }
    }

    @Test func `of what waits for time, a child or a word says which`() async throws {
        try await withWorkflowDatabase { database, _ in
            let clock = ManualClock(now: Date(timeIntervalSince1970: 1_767_225_600))
            let bed = EmbeddedBed(database, clock: clock)
            try await bed.withWorker(registry { input, _ in input }, queues: [.default: 1]) {
                try await bed.engine.start(Asking.self, id: "asking", input: "x")
                try await bed.engine.start(Minding.self, id: "minding", input: 3600)
                let asking = try await bed.explanation(of: "asking") { $0.code == .waitingForSignal }
                #expect(asking.sentence == "Waits for the signal approve.")
                let sleeping = try await bed.explanation(of: "minding:SleepLong-1") { $0.code == .sleeping }
                #expect(sleeping.sentence == "Sleeps until 2026-01-01 01:00:00 UTC.")
                let minding = try await bed.explanation(of: "minding") { $0.code == .waitingForChild }
                #expect(minding.sentence == "Waits for its child minding:SleepLong-1.")

                _ = try await bed.embedded.pause("asking", by: "ada", reason: "lunch.")
                let paused = try await bed.explanation(of: "asking") { $0.sentence.hasPrefix("Paused") }
                #expect(
                    paused.sentence
                        == "Paused by ada since 2026-01-01 00:00:00 UTC because: lunch; "
                        + "resume it with atelier jobs resume asking.")
                try await bed.engine.requestCancel("asking", reason: "enough")
                let cancelled = try await bed.explanation(of: "asking") { $0.code == .cancelled }
                #expect(cancelled.sentence == "Cancelled as was asked for in 0 ms.")
            }
        }
    }

    private func rule(_ assignments: String, in database: any Database) async throws {
        try await database.write { connection in
            if try connection.first("SELECT name FROM task_queues WHERE name = 'default'") == nil {
                try connection.execute("INSERT INTO task_queues (name) VALUES ('default')")
            }
            _ = try connection.execute("UPDATE task_queues SET \(unsafe: assignments) WHERE name = 'default'")
        }
    }
}

/// Many jobs at once.
@Suite(.timeLimit(.minutes(1))) struct `A bulk intervention` {
    @Test func `changes what fits its filter, says what it could not change, and counts first if asked`() async throws {
        try await withWorkflowDatabase { database, _ in
            let bed = EmbeddedBed(database)
            let isBroken = Locked(true)
            let errands = WorkflowRegistry.errands { input, _ in
                if isBroken.withLock({ $0 }), input.hasPrefix("b") {
                    throw Errand.Failure(kind: input.hasSuffix("1") ? "odd_one" : "broken", isRetryable: false)
                }
                return input
            }
            try await bed.withWorker(errands, queues: [.default: 4]) {
                for number in 1...5 {
                    for word in ["good", "bad"] {
                        let id = WorkflowID(recorded: "\(word)-\(number)")
                        let options = StartOptions(owner: number < 3 ? "ada" : "bob")
                        _ = try await bed.engine.start(RunErrand.self, id: id, input: id.rawValue, options: options)
                        _ = try await bed.engine.waitForClose(of: id)
                    }
                }
                let filter = WorkflowFilter(failureKind: "broken")
                let dry = try await bed.embedded.intervene(.retry, inAll: filter, by: nil, isDryRun: true)
                #expect(dry.matched == 4 && dry.changed == 4)
                #expect(try await bed.engine.describe("bad-2")?.status == .failed)
                // An underscore stands for itself.
                let odd = try await bed.engine.list(WorkflowFilter(failureKind: "odd_one")).workflows.map(\.id)
                let none = try await bed.engine.list(WorkflowFilter(failureKind: "oddxone")).workflows
                #expect(odd == ["bad-1"] && none.isEmpty)

                isBroken.withLock { $0 = false }
                let first = try await bed.embedded.intervene(.retry, inAll: filter, by: nil, limit: 3)
                #expect(first.matched == 3 && first.changed == 3 && first.next != nil)
                for number in 3...5 {
                    #expect(
                        try await bed.engine.waitForClose(of: WorkflowID(recorded: "bad-\(number)"))?.status
                            == .completed)
                }
                let owned = WorkflowFilter(status: .completed, owner: "bob")
                let refused = try await bed.embedded.intervene(.retry, inAll: owned, by: nil)
                #expect(refused.matched == 6 && refused.changed == 0 && refused.refused == 6)
                #expect(refused.refusals.first?.reason == "It completed; there is nothing to retry.")
                #expect(WorkflowFilter().isEmpty && !owned.isEmpty)
            }
        }
    }
}

extension EmbeddedBed {
    fileprivate func explanation(
        of id: WorkflowID, _ condition: (WorkflowExplanation) -> Bool
    ) async throws -> WorkflowExplanation {
        while true {
            if let found = try await embedded.explain(id), condition(found) { return found }
            try await pause()
        }
    }
}
