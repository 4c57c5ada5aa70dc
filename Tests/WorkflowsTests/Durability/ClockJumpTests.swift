import AtelierTesting
import Concurrency
import Database
import DatabaseSQLite
import FoundationEssentials
import Testing
import Workflows
import WorkflowsSQL

/// Somebody corrects the time of day while work is under way.
@Suite(.timeLimit(.minutes(1))) struct `A clock that jumps` {
    /// An hour and a day, both ways, and to the year 2038, where 32 bits end.
    static let jumps: [Duration] = [
        .seconds(3600), .seconds(-3600), .seconds(86_400), .seconds(-86_400), .seconds(12 * 365 * 86_400 + 86_400 * 60),
    ]

    private func withBed(
        _ errand: @escaping @Sendable (String, ActivityContext) async throws -> String,
        _ body: @escaping @Sendable (EmbeddedBed, ManualClock) async throws -> Void
    ) async throws {
        try await withWorkflowDatabase { database, _ in
            let clock = ManualClock()
            let bed = EmbeddedBed(database, clock: clock)
            try await bed.withWorker(.errands(errand), queues: [.default: 2]) { try await body(bed, clock) }
        }
    }

    @Test(arguments: jumps) func `ends no attempt, and takes no lease`(jump: Duration) async throws {
        let running = ShutdownSignal()
        let goOn = ShutdownSignal()
        let attempts = Journal()
        try await withBed { input, activity in
            attempts.write("\(activity.attempt)")
            running.trigger()
            await goOn.wait()
            return input
        } _: { bed, clock in
            let options = ActivityOptions(retry: Errand.patient, startToClose: .seconds(60), heartbeat: .seconds(10))
            try await bed.engine.start(RunCarefulErrand.self, id: "steady", input: options)
            await running.wait()

            clock.correct(by: jump)
            // A sweep of this worker, and another worker that looks for dead ones.
            clock.advance(by: .seconds(6))
            try await bed.withWorker(.errands { _, _ in "stolen" }, queues: [:]) {
                try await bed.engine.start(SleepLong.self, id: "marker", input: 0)
                _ = try await bed.engine.waitForClose(of: "marker")
            }
            goOn.trigger()

            #expect(try await bed.engine.result(of: RunCarefulErrand.self, id: "steady") == "careful")
            #expect(attempts.lines == ["1"])
        }
    }

    @Test(arguments: jumps) func `leaves the limits of an attempt as long as they are`(jump: Duration) async throws {
        let running = ShutdownSignal()
        try await withBed { _, activity in
            guard activity.attempt == 1 else { return "second" }
            running.trigger()
            await untilCancelled()
            throw CancellationError()
        } _: { bed, clock in
            let options = ActivityOptions(retry: Errand.patient, startToClose: .seconds(60))
            try await bed.engine.start(RunCarefulErrand.self, id: "late", input: options)
            await running.wait()
            clock.correct(by: jump)
            clock.advance(by: .seconds(50))
            let still = try await bed.engine.describe("late")
            #expect(still?.pendingActivities.first?.state == .running)
            while try await bed.engine.describe("late")?.status == .running {
                clock.advance(by: .seconds(1))
                try await pause()
            }
            #expect(try await bed.engine.result(of: RunCarefulErrand.self, id: "late") == "second")
        }
    }

    @Test(arguments: jumps) func `loses no timer, and fires each once`(jump: Duration) async throws {
        try await withBed { input, _ in
            input
        } _: { bed, clock in
            try await bed.engine.start(SleepLong.self, id: "asleep", input: 1800)
            _ = await bed.engine.changes(of: "asleep").first { _ in true }
            clock.correct(by: jump)
            while try await bed.engine.describe("asleep")?.status == .running {
                clock.advance(by: .seconds(600))
                try await pause()
            }
            #expect(try await bed.engine.result(of: SleepLong.self, id: "asleep") == "slept")
            let fired = try await bed.database.read {
                try $0.query("SELECT run FROM workflow_history WHERE kind = 'timerFired'").count
            }
            #expect(fired == 1)
        }
    }

    @Test(arguments: jumps) func `removes no history before its time`(jump: Duration) async throws {
        try await withWorkflowDatabase { database, _ in
            let clock = ManualClock()
            let bed = EmbeddedBed(database, clock: clock)
            try await bed.withWorker(.errands { input, _ in input }, queues: [.default: 1]) {
                try await bed.engine.start(RunErrand.self, id: "young", input: "x")
                _ = try await bed.engine.result(of: RunErrand.self, id: "young")
            }
            let retention = WorkflowRetention(engine: bed.embedded, keep: .seconds(3600), pause: .zero)
            clock.correct(by: jump)
            #expect(try await retention.sweep() == 0)
            clock.correct(by: .zero - jump)
            #expect(try await retention.sweep() == 0)
            clock.advance(by: .seconds(3601))
            #expect(try await retention.sweep() == 1)
        }
    }
}
