import AtelierTesting
import Concurrency
import Database
import DatabaseSQLite
import Foundation
import Testing
import Workflows

@testable import WorkflowsSQL

/// Limits, pauses and drains that hold over all workers.
@Suite(.timeLimit(.minutes(2))) struct `Task queues` {
    /// Two errands, one after the other.
    struct TwoErrands: Workflow {
        static let name = "TwoErrands"
        func run(_ input: String, in workflow: WorkflowContext) async throws -> [String] {
            [
                try await workflow.execute(Errand.self, "\(input) first"),
                try await workflow.execute(Errand.self, "\(input) second"),
            ]
        }
    }

    /// How many do something at once.
    private actor Load {
        private var now = 0
        private(set) var most = 0
        func enter() {
            now += 1
            most = max(most, now)
        }
        func leave() { now -= 1 }
    }

    /// Without the sweep, so that only what happens moves anything.
    private static let limits = WorkerLimits(sweepInterval: .seconds(3600))

    private func errands(_ journal: Journal, _ turnstile: Turnstile) -> WorkflowRegistry {
        var registry = WorkflowRegistry.errands { input, _ in
            journal.write(input)
            await turnstile.pass()
            return input
        }
        registry.register(TwoErrands.self)
        return registry
    }

    @Test func `of a paused queue nothing starts, what runs goes on, and a resume lets the rest start`() async throws {
        try await withWorkflowDatabase { database, _ in
            let bed = EmbeddedBed(database, limits: Self.limits)
            let (journal, turnstile) = (Journal(), Turnstile())
            try await bed.withWorker(errands(journal, turnstile), queues: [.default: 4]) {
                try await bed.engine.start(TwoErrands.self, id: "job", input: "job")
                await turnstile.whenArrived(1)
                try await bed.embedded.pause(queue: .default, reason: "maintenance")
                await turnstile.letOne()
                // Its second errand, which would have begun at once, waits instead.
                try await waiting(1, in: .default, bed)
                try await bed.engine.start(RunErrand.self, id: "late", input: "late")
                try await waiting(2, in: .default, bed)
                #expect(journal.lines == ["job first"])

                try await bed.embedded.resume(queue: .default)
                await turnstile.open()
                _ = try await bed.engine.result(of: RunErrand.self, id: "late")
                _ = try await bed.engine.result(of: TwoErrands.self, id: "job")
                #expect(Set(journal.lines) == ["job first", "job second", "late"])
            }
        }
    }

    @Test func `a drain waits for what runs, and says when that took too long`() async throws {
        try await withWorkflowDatabase { database, _ in
            let bed = EmbeddedBed(database, limits: Self.limits)
            let (journal, turnstile) = (Journal(), Turnstile())
            try await bed.withWorker(errands(journal, turnstile), queues: [.default: 4]) {
                try await bed.engine.start(RunErrand.self, id: "job", input: "job")
                await turnstile.whenArrived(1)
                try await bed.embedded.pause(queue: .default, reason: "maintenance")
                let isIdle = try await bed.embedded.waitUntilIdle(.default, atMost: .milliseconds(30))
                #expect(!isIdle)
                async let drained = bed.embedded.waitUntilIdle(.default, atMost: .seconds(60))
                await turnstile.open()
                #expect(try await drained)
                _ = try await bed.engine.result(of: RunErrand.self, id: "job")
            }
        }
    }

    @Test func `no more than its limit run of a queue, however many workers serve it`() async throws {
        try await withWorkflowDatabase { database, _ in
            let bed = EmbeddedBed(database, limits: Self.limits)
            let load = Load()
            let registry = WorkflowRegistry.errands { input, _ in
                await load.enter()
                await Task.yield()
                await load.leave()
                return input
            }
            try await bed.embedded.limit(.default, to: TaskQueueLimits(concurrency: 2))
            try await bed.withWorker(registry, queues: [.default: 4]) {
                try await bed.withWorker(registry, queues: [.default: 4]) {
                    let ids = (1...40).map { WorkflowID(recorded: "job\($0)") }
                    for id in ids { try await bed.engine.start(RunErrand.self, id: id, input: "x") }
                    for id in ids { _ = try await bed.engine.result(of: RunErrand.self, id: id) }
                }
            }
            #expect(await load.most == 2)
        }
    }

    @Test func `a limit that is lifted lets what waits start at once`() async throws {
        try await withWorkflowDatabase { database, _ in
            let bed = EmbeddedBed(database, limits: Self.limits)
            let (journal, turnstile) = (Journal(), Turnstile())
            try await bed.embedded.limit(.default, to: TaskQueueLimits(concurrency: 1))
            try await bed.withWorker(errands(journal, turnstile), queues: [.default: 4]) {
                for id in ["a", "b", "c"] { try await bed.engine.start(RunErrand.self, id: WorkflowID(id), input: id) }
                await turnstile.whenArrived(1)
                try await waiting(2, in: .default, bed)
                #expect(journal.lines.count == 1)
                try await bed.embedded.limit(.default, to: TaskQueueLimits())
                await turnstile.whenArrived(3)
                await turnstile.open()
            }
        }
    }

    @Test func `starts keep to a rate, and the alarm is set for the next`() async throws {
        try await withWorkflowDatabase { database, _ in
            let clock = ManualClock()
            let bed = EmbeddedBed(database, clock: clock, limits: Self.limits)
            let (journal, turnstile) = (Journal(), Turnstile())
            await turnstile.open()
            try await bed.embedded.limit(.default, to: TaskQueueLimits(startsPerSecond: 2))
            for number in 1...6 {
                try await bed.engine.start(RunErrand.self, id: WorkflowID(recorded: "job\(number)"), input: "x")
            }
            try await bed.withWorker(errands(journal, turnstile), queues: [.default: 4]) {
                // A second's worth at once, then one each half second: never earlier.
                for expected in 2...6 {
                    await turnstile.whenArrived(expected)
                    try await waiting(6 - expected, in: .default, bed)
                    #expect(journal.lines.count == expected)
                    guard expected < 6 else { break }
                    await clock.whenSomeoneSleeps(until: clock.now.addingTimeInterval(0.51))
                    clock.advance(by: .milliseconds(499))
                    #expect(journal.lines.count == expected)
                    clock.advance(by: .milliseconds(2))
                }
            }
        }
    }

    @Test(arguments: [-86_400.0, -3600, 86_400]) func `a clock that jumps neither stops a rate nor breaks it`(
        _ seconds: Double
    ) async throws {
        try await withWorkflowDatabase { database, _ in
            let clock = ManualClock()
            let bed = EmbeddedBed(database, clock: clock)
            try await bed.embedded.limit(.default, to: TaskQueueLimits(startsPerSecond: 4))
            /// What could start at `time`, of which all is taken.
            func start(at time: Int) async throws -> Int {
                try await database.write { connection in
                    let rules = try QueueRules.read(at: 0, on: connection)
                    var allowance = try Allowance(100, of: .default, under: rules, at: time, on: connection)
                    let count = allowance.count
                    try allowance.spend(count, on: connection)
                    return count
                }
            }
            let now = clock.now.microseconds
            let jumped = now + Int(seconds * 1_000_000)
            let counts = [
                try await start(at: now), try await start(at: now), try await start(at: jumped),
                try await start(at: jumped + 500_000),
            ]
            #expect(counts == [4, 0, seconds > 0 ? 4 : 0, 2])
        }
    }

    @Test func `the list tells what waits, runs and holds`() async throws {
        try await withWorkflowDatabase { database, _ in
            let bed = EmbeddedBed(database, limits: Self.limits)
            let (journal, turnstile) = (Journal(), Turnstile())
            try await bed.embedded.limit(.gpu, to: TaskQueueLimits(concurrency: 3, startsPerSecond: 0.5))
            try await bed.embedded.pause(queue: .gpu, reason: "new driver")
            try await bed.withWorker(errands(journal, turnstile), queues: [.default: 1]) {
                for id in ["a", "b"] { try await bed.engine.start(RunErrand.self, id: WorkflowID(id), input: id) }
                await turnstile.whenArrived(1)
                try await waiting(1, in: .default, bed)
                let queues = try await bed.embedded.taskQueues()
                #expect(queues.map(\.queue) == [.default, .gpu])
                #expect(queues.first?.running == 1)
                #expect(queues.first?.waiting == 1)
                #expect(queues.first?.workers.count == 1)
                #expect(queues.last?.limits == TaskQueueLimits(concurrency: 3, startsPerSecond: 0.5))
                #expect(queues.last?.pauseReason == "new driver")
                #expect(queues.last?.pausedAt != nil)
                await turnstile.open()
            }
        }
    }

    /// Returns once so many activities wait in a queue.
    ///
    /// Nobody announces that, so it looks again and again, for as long as the test may take.
    private func waiting(_ count: Int, in queue: TaskQueue, _ bed: EmbeddedBed) async throws {
        while try await bed.embedded.taskQueues().first(where: { $0.queue == queue })?.waiting ?? 0 != count {
            await Task.yield()
        }
    }
}

extension TaskQueue {
    fileprivate static let gpu = TaskQueue(rawValue: "gpu")
}
