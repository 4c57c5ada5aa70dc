import Concurrency
import Testing
import Workflows

@testable import WorkflowsTemporal

@Suite(.temporalServer, .timeLimit(.minutes(1))) struct `A pause on Temporal` {
    @Test func `lets what runs end and begins nothing new until the job is resumed`() async throws {
        try await withTemporal { bed in
            let (running, mayEnd) = (ShutdownSignal(), ShutdownSignal())
            let done = Locked<[String]>([])
            let chores = WorkflowRegistry.chores { input, _ in
                if input == "north" {
                    running.trigger()
                    await mayEnd.wait()
                }
                done.withLock { $0.append(input) }
                return input
            }
            try await bed.withWorker(chores, queues: [.default: 4]) {
                try await bed.engine.start(RunChores.self, id: "job", input: "north,south")
                await running.wait()

                let outcome = try await bed.temporal.pause("job", by: "ann", reason: "the printer is out of ink.")
                #expect(
                    outcome == .done("It is paused: what runs may end, and nothing new begins until it is resumed."))
                let again = try await bed.temporal.pause("job", by: "bob", reason: nil)
                #expect(again == .refused("It is paused already."))
                let job = try #require(try await bed.engine.describe("job"))
                #expect(job.status == .running)
                #expect(job.pause?.by == "ann")
                #expect(job.pause?.reason == "the printer is out of ink.")
                let explanation = try #require(try await bed.temporal.explain("job"))
                #expect(explanation.code == .paused)
                #expect(explanation.sentence.hasPrefix("Paused by ann since "))
                #expect(
                    explanation.sentence.hasSuffix(
                        " because: the printer is out of ink; resume it with atelier jobs resume job."))

                mayEnd.trigger()
                _ = try await until({ try await bed.engine.describe("job") }) { $0.pendingActivities.isEmpty }
                #expect(done.withLock { $0 } == ["north"])

                let resumed = try await bed.temporal.resume("job")
                #expect(resumed == .done("It goes on."))
                let output = try await bed.engine.result(of: RunChores.self, id: "job")
                #expect(output == ["north", "south"])
            }
            let late = try await bed.temporal.pause("job", by: nil, reason: nil)
            #expect(late == .refused("It has ended; there is nothing to pause."))
            let unknown = try await bed.temporal.resume("nobody")
            #expect(unknown == .notFound)
        }
    }

    @Test func `holds the job's children too`() async throws {
        try await withTemporal { bed in
            let (running, mayEnd) = (ShutdownSignal(), ShutdownSignal())
            let chores = WorkflowRegistry.chores { input, _ in
                running.trigger()
                await mayEnd.wait()
                return input
            }
            try await bed.withWorker(chores, queues: [.default: 4]) {
                try await bed.engine.start(Wait.self, id: "job", input: "child")
                await running.wait()
                _ = try await bed.temporal.pause("job", by: nil, reason: nil)

                let child = try #require(try await bed.temporal.openChildren(of: "job").first)
                let pause = try #require(try await bed.engine.describe(child)?.pause)
                #expect(pause.by == nil)
                #expect(pause.reason == nil)

                mayEnd.trigger()
                _ = try await bed.temporal.resume("job")
                let output = try await bed.engine.result(of: Wait.self, id: "job")
                #expect(output == "slow")
            }
        }
    }
}
