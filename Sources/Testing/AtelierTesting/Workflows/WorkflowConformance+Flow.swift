import Concurrency
import Testing
import Workflows

extension WorkflowConformance {
    static let flow: [WorkflowCheck] = [
        WorkflowCheck("the steps run in order and the output comes back") { bed in
            let journal = Journal()
            try await bed.withScript { input, _ in
                journal.write(input)
                return input
            } _: {
                try await bed.engine.start(ThreeSteps.self, id: "three", input: "x")
                #expect(try await bed.engine.result(of: ThreeSteps.self, id: "three") == "x123")
                #expect(journal.lines == ["x1", "x12", "x123"])
                let end = try await bed.engine.describe("three")
                #expect(end?.status == .completed)
                #expect(end?.progress == 100)
                #expect(end?.pendingActivities.isEmpty == true)
            }
        },
        WorkflowCheck("all activities of a fan-out run at once, and their outputs keep the order") { bed in
            let arrivals = Journal()
            let all = ShutdownSignal()
            try await bed.withScript { input, _ in
                if arrivals.write(input) == 5 { all.trigger() }
                await all.wait()
                return "did " + input
            } _: {
                try await bed.engine.start(FanOut.self, id: "fan", input: ["a", "b", "c", "d", "e"])
                let output = try await bed.engine.result(of: FanOut.self, id: "fan")
                #expect(output == ["did a", "did b", "did c", "did d", "did e"])
            }
        },
        WorkflowCheck("async let runs two activities at once") { bed in
            let arrivals = Journal()
            let both = ShutdownSignal()
            try await bed.withScript { input, _ in
                if arrivals.write(input) == 2 { both.trigger() }
                await both.wait()
                return input
            } _: {
                try await bed.engine.start(Pair.self, id: "pair", input: "p")
                #expect(try await bed.engine.result(of: Pair.self, id: "pair") == "p left, p right")
            }
        },
        WorkflowCheck("of a race the losers are cancelled and waited for") { bed in
            let journal = Journal()
            let losersRun = ShutdownSignal()
            try await bed.withScript { input, _ in
                if input == "winner" {
                    await losersRun.wait()
                    return input
                }
                if journal.write("begin") == 2 { losersRun.trigger() }
                await untilCancelled()
                journal.write("cancelled")
                throw CancellationError()
            } _: {
                try await bed.engine.start(Race.self, id: "race", input: ["slow", "winner", "slower"])
                #expect(try await bed.engine.result(of: Race.self, id: "race") == "winner")
                #expect(journal.lines == ["begin", "begin", "cancelled", "cancelled"])
            }
        },
        WorkflowCheck("a timer waits at least as long as it was told to") { bed in
            try await bed.withScript({ input, _ in input }) {
                try await bed.engine.start(Napping.self, id: "nap", input: 30)
                #expect(try await bed.engine.result(of: Napping.self, id: "nap") >= 0.03)
            }
        },
        WorkflowCheck("the children of a workflow run beside each other, and their failures reach it") { bed in
            try await bed.withScript { input, _ in
                if input == "bad" { throw ScriptedFailure(kind: "spoiled", isRetryable: false) }
                return "did " + input
            } _: {
                try await bed.engine.start(Parent.self, id: "parent", input: ["a", "bad", "c"])
                let output = try await bed.engine.result(of: Parent.self, id: "parent")
                #expect(output == ["did a", "OneStep failed: spoiled", "did c"])
                let child = try await bed.engine.describe("parent:OneStep-1")
                #expect(child?.status == .completed)
            }
        },
        WorkflowCheck("progress can be asked for while the workflow waits, and watchers hear of it") { bed in
            let reached = ShutdownSignal()
            let goOn = ShutdownSignal()
            try await bed.withScript { input, _ in
                if input == "x12" {
                    reached.trigger()
                    await goOn.wait()
                }
                return input
            } _: {
                try await bed.engine.start(ThreeSteps.self, id: "watched", input: "x")
                await reached.wait()
                let half = try await bed.engine.describe("watched")
                #expect(half?.step == "STEP_2")
                #expect(half?.progress == 50)
                #expect(half?.status == .running)
                #expect(half?.pendingActivities.map(\.activity) == ["Scripted"])
                #expect(half?.pendingActivities.first?.state == .running)
                let changes = bed.engine.changes(of: "watched")
                goOn.trigger()
                for await _ in changes {}
                #expect(try await bed.engine.describe("watched")?.status == .completed)
            }
        },
    ]

    /// Returns when the calling task is cancelled.
    static func untilCancelled() async { await ShutdownSignal().wait() }
}
