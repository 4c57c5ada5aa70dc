import Concurrency
import Database
import Foundation
import Testing
import Workflows

@testable import WorkflowsTemporal

@Suite(.temporalServer, .timeLimit(.minutes(1))) struct `A task queue on Temporal` {
    /// Two workers that know nothing of each other but what database and server tell them.
    private func withTwoWorkers(
        _ bed: TemporalBed, _ registry: WorkflowRegistry, slots: Int = 4, _ body: @Sendable () async throws -> Void
    ) async throws {
        let other = TemporalWorkflowEngine(cluster: bed.temporal.cluster, database: bed.temporal.database)
        let worker = TemporalWorker(engine: other, registry: registry, queues: [.default: slots])
        let shutdown = ShutdownSignal()
        async let end: Void = worker.run(until: shutdown)
        do {
            try await bed.withWorker(registry, queues: [.default: slots]) { try await body() }
        } catch {
            shutdown.trigger()
            throw error
        }
        shutdown.trigger()
        try await end
    }

    @Test func `begins nothing while it is paused, on any worker, and goes on when it is resumed`() async throws {
        try await withTemporal { bed in
            let (running, mayEnd) = (ShutdownSignal(), ShutdownSignal())
            let begun = Locked<[String]>([])
            let chores = WorkflowRegistry.chores { input, _ in
                begun.withLock { $0.append(input) }
                if input == "north" {
                    running.trigger()
                    await mayEnd.wait()
                }
                return input
            }
            try await withTwoWorkers(bed, chores) {
                try await bed.engine.start(RunChores.self, id: "first", input: "north,south")
                await running.wait()

                try await bed.temporal.pause(queue: .default, reason: "the printer is out of ink.")

                let isIdle = try await bed.temporal.waitUntilIdle(.default, atMost: .zero)
                #expect(!isIdle)
                mayEnd.trigger()
                let becomesIdle = try await bed.temporal.waitUntilIdle(.default, atMost: .seconds(20))
                #expect(becomesIdle)
                let others: [WorkflowID] = ["a", "b", "c"]
                for id in others { try await bed.engine.start(RunChores.self, id: id, input: "west") }
                for id in ["first"] + others {
                    let explanation = try await until({ try await bed.temporal.explain(id) }) {
                        $0.code == .queuePaused
                    }
                    #expect(explanation.sentence.hasPrefix("Queue default is paused since "))
                    #expect(explanation.sentence.hasSuffix(" because: the printer is out of ink."))
                }
                #expect(begun.withLock { $0 } == ["north"])
                let queue = try #require(try await bed.temporal.taskQueues().first { $0.queue == .default })
                #expect(queue.pauseReason == "the printer is out of ink.")
                #expect(queue.running == 0)
                #expect(queue.workers.count == 2)

                try await bed.temporal.resume(queue: .default)
                for id in ["first"] + others { _ = try await bed.engine.result(of: RunChores.self, id: id) }
                #expect(begun.withLock { $0.sorted() } == ["north", "south", "west", "west", "west"])
            }
        }
    }

    @Test func `runs no more at once than its limit over all workers`() async throws {
        try await withTemporal { bed in
            let now = Locked(0)
            let most = Locked(0)
            let mayEnd = ShutdownSignal()
            let chores = WorkflowRegistry.chores { input, _ in
                let count = now.withLock { now in
                    now += 1
                    return now
                }
                most.withLock { $0 = max($0, count) }
                if input == "slow" { await mayEnd.wait() }
                now.withLock { $0 -= 1 }
                return input
            }
            try await withTwoWorkers(bed, chores) {
                try await bed.temporal.limit(.default, to: TaskQueueLimits(concurrency: 2))
                let ids = (1...6).map { WorkflowID(recorded: "job-\($0)") }
                for id in ids { try await bed.engine.start(RunChores.self, id: id, input: "slow,quick") }
                _ = try await until({ now.withLock { $0 } }) { $0 == 2 }
                let full = try await until({
                    for id in ids {
                        if let found = try await bed.temporal.explain(id), found.code == .queueFull { return found }
                    }
                    return nil
                }) { (_: WorkflowExplanation) in true }
                #expect(full.sentence == "Waiting for a slot of queue default: 2 of 2 are running.")
                let queue = try await until({ try await bed.temporal.taskQueues().first { $0.queue == .default } }) {
                    $0.waiting > 0
                }
                #expect(queue.limits == TaskQueueLimits(concurrency: 2))
                #expect(queue.running == 2)

                mayEnd.trigger()
                for id in ids { _ = try await bed.engine.result(of: RunChores.self, id: id) }
                #expect(most.withLock { $0 } == 2)
                try await bed.temporal.limit(.default, to: TaskQueueLimits())
            }
            let left = try await bed.temporal.database.read { connection in
                try connection.first("SELECT COUNT(*) AS n FROM temporal_permits")?.integer("n")
            }
            #expect(left == 0)
        }
    }

    @Test func `counts what ran before the limit was set`() async throws {
        try await withTemporal { bed in
            let (first, second, mayEnd) = (ShutdownSignal(), ShutdownSignal(), ShutdownSignal())
            let chores = WorkflowRegistry.chores { input, _ in
                (input == "first" ? first : second).trigger()
                await mayEnd.wait()
                return input
            }
            try await withTwoWorkers(bed, chores) {
                try await bed.engine.start(RunChores.self, id: "a", input: "first")
                await first.wait()

                try await bed.temporal.limit(.default, to: TaskQueueLimits(concurrency: 1))
                try await bed.engine.start(RunChores.self, id: "b", input: "second")

                let full = try await until({ try await bed.temporal.explain("b") }) { $0.code == .queueFull }
                #expect(full.sentence == "Waiting for a slot of queue default: 1 of 1 are running.")
                #expect(!second.isTriggered)
                mayEnd.trigger()
                _ = try await bed.engine.result(of: RunChores.self, id: "b")
            }
        }
    }

    @Test func `has the places of a dead worker back when its lease is over`() async throws {
        try await withTemporal { bed in
            try await bed.withWorker(.chores(), queues: [.default: 4]) {
                try await bed.temporal.limit(.default, to: TaskQueueLimits(concurrency: 1))
                let end = bed.temporal.clock.now.microseconds + 1_000_000
                try await bed.temporal.database.write { connection in
                    try connection.execute(
                        """
                        INSERT INTO temporal_sessions (id, label, expires_at, queues, running)
                        VALUES ('dead', '1@gone', \(end), '["default"]', '{"default":1}')
                        """)
                    // What a worker holds that polls at the time is its own.
                    try connection.execute("DELETE FROM temporal_permits")
                    try connection.execute(
                        "INSERT INTO temporal_permits (id, queue, session) VALUES ('lost', 'default', 'dead')")
                }
                try await bed.engine.start(RunChores.self, id: "job", input: "north,south,east")
                _ = try await bed.engine.result(of: RunChores.self, id: "job")
                #expect(bed.temporal.clock.now.microseconds >= end)
            }
        }
    }

    @Test func `starts no more in a second than its rate over all workers`() async throws {
        try await withTemporal { bed in
            let starts = Locked<[ContinuousClock.Instant]>([])
            let chores = WorkflowRegistry.chores { input, _ in
                starts.withLock { $0.append(.now) }
                return input
            }
            try await withTwoWorkers(bed, chores) {
                try await bed.temporal.limit(.default, to: TaskQueueLimits(startsPerSecond: 4))
                let ids = (1...3).map { WorkflowID(recorded: "job-\($0)") }
                for id in ids { try await bed.engine.start(RunChores.self, id: id, input: "a,b,c,d") }
                for id in ids { _ = try await bed.engine.result(of: RunChores.self, id: id) }
            }
            let times = starts.withLock { $0 }.sorted()
            let first = try #require(times.first)
            // A second's worth and one may start at once; the seven others follow a quarter of a second apart.
            #expect(try #require(times.last) - first > .seconds(1.4))
        }
    }
}
