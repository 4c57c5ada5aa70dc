import AtelierTesting
import Concurrency
import Database
import Foundation
import Observability
import Testing
import Workflows

@testable import WorkflowsSQL

/// Several processes on one database; each has an engine of its own, so no wake-up reaches another in memory.
@Suite(.timeLimit(.minutes(2))) struct `Processes that share a database` {
    /// Its activity runs where the machine for it is.
    struct Paint: Workflow {
        static let name = "Paint"
        func run(_ input: String, in workflow: WorkflowContext) async throws -> String {
            let options = ActivityOptions(taskQueue: "gpu")
            let first = try await workflow.execute(Errand.self, "\(input) once", options: options)
            return try await workflow.execute(Errand.self, "\(first) and again", options: options)
        }
    }

    /// Without the sweep; where no words are carried, the polls find what others left.
    private func limits(on kind: TestDatabase, lease: Duration = .seconds(30)) -> WorkerLimits {
        WorkerLimits(
            lease: lease, sweepInterval: .seconds(3600),
            poll: kind == .postgresql ? nil : .milliseconds(1)...(.milliseconds(20)))
    }

    @Test(arguments: TestDatabase.available)
    func `what one takes in another begins, and the end comes back`(on kind: TestDatabase) async throws {
        try await withWorkflowDatabase(on: kind) { database in
            let (api, machine) = (EmbeddedBed(database), EmbeddedBed(database, limits: limits(on: kind)))
            let shutdown = ShutdownSignal()
            try await machine.withWorker(.errands { input, _ in input }, queues: [.default: 2]) {
                async let news: Void = WorkflowNews(engine: api.embedded, interval: .milliseconds(20))
                    .run(until: shutdown)
                for number in 1...3 {
                    let id = WorkflowID(recorded: "job\(number)")
                    try await api.engine.start(RunErrand.self, id: id, input: "x")
                    var changes = api.engine.changes(of: id).makeAsyncIterator()
                    while try await api.engine.describe(id)?.status != .completed { await changes.next() }
                }
                try await api.engine.start(SleepLong.self, id: "long", input: 3600)
                try await api.engine.requestCancel("long", reason: "enough")
                #expect(try await api.engine.waitForClose(of: "long")?.status == .cancelled)
                shutdown.trigger()
                try await news
            }
        }
    }

    @Test(arguments: TestDatabase.available)
    func `a worker of one queue runs its activities for workflows that another holds`(on kind: TestDatabase)
        async throws
    {
        try await withWorkflowDatabase(on: kind) { database in
            let (holder, painter) = (
                EmbeddedBed(database, limits: limits(on: kind)), EmbeddedBed(database, limits: limits(on: kind))
            )
            var registry = WorkflowRegistry.errands { input, _ in input }
            registry.register(Paint.self)
            let machine = WorkflowWorker(
                engine: painter.embedded, registry: registry, queues: ["gpu": 1], holdsWorkflows: false,
                limits: painter.limits)
            let shutdown = ShutdownSignal()
            async let end: Void = machine.run(until: shutdown)
            try await holder.withWorker(registry, queues: [.default: 1]) {
                let ids = (1...5).map { WorkflowID(recorded: "p\($0)") }
                for id in ids { try await holder.engine.start(Paint.self, id: id, input: id.rawValue) }
                for id in ids {
                    let output = try await holder.engine.result(of: Paint.self, id: id)
                    #expect(output == "\(id.rawValue) once and again")
                }
            }
            shutdown.trigger()
            try await end
        }
    }

    @Test(arguments: TestDatabase.available)
    func `a limit of one holds over two of them, and is no faster than one`(on kind: TestDatabase) async throws {
        try await withWorkflowDatabase(on: kind) { database in
            let beds = (
                EmbeddedBed(database, limits: limits(on: kind)), EmbeddedBed(database, limits: limits(on: kind))
            )
            let (turnstile, journal) = (Turnstile(), Journal())
            let errands = WorkflowRegistry.errands { input, _ in
                journal.write(input)
                await turnstile.pass()
                return input
            }
            try await beds.0.embedded.limit(.default, to: TaskQueueLimits(concurrency: 1))
            try await beds.0.withWorker(errands, queues: [.default: 4]) {
                try await beds.1.withWorker(errands, queues: [.default: 4]) {
                    let ids = (1...6).map { WorkflowID(recorded: "job\($0)") }
                    for id in ids { try await beds.0.engine.start(RunErrand.self, id: id, input: id.rawValue) }
                    for count in 1...6 {
                        await turnstile.whenArrived(count)
                        #expect(journal.lines.count == count)
                        await turnstile.letOne()
                    }
                    for id in ids { _ = try await beds.0.engine.result(of: RunErrand.self, id: id) }
                }
            }
        }
    }

    @Test(arguments: TestDatabase.available)
    func `two recoveries of the same dead worker at once give one execution`(on kind: TestDatabase) async throws {
        try await withWorkflowDatabase(on: kind) { database in
            let first = EmbeddedBed(database, limits: limits(on: kind))
            let ids = (1...8).map { WorkflowID(recorded: "job\($0)") }
            try await die(first, with: ids)

            let (journal, beds) = (Journal(), (1...2).map { _ in EmbeddedBed(database, limits: limits(on: kind)) })
            let errands = WorkflowRegistry.errands { input, activity in
                journal.write("\(input) \(activity.attempt)")
                return input
            }
            try await beds[0].withWorker(errands, queues: [.default: 4]) {
                try await beds[1].withWorker(errands, queues: [.default: 4]) {
                    for id in ids { _ = try await beds[0].engine.result(of: RunErrand.self, id: id) }
                }
            }
            #expect(journal.lines.sorted() == ids.map { "\($0.rawValue) 2" }.sorted())
        }
    }

    @Test(arguments: TestDatabase.available)
    func `an old process that drains while the new one starts neither doubles nor strands a job`(on kind: TestDatabase)
        async throws
    {
        try await withWorkflowDatabase(on: kind) { database in
            let (old, new) = (
                EmbeddedBed(database, limits: limits(on: kind)), EmbeddedBed(database, limits: limits(on: kind))
            )
            let (turnstile, journal, shutdown) = (Turnstile(), Journal(), ShutdownSignal())
            let leaving = old.makeWorker(
                .errands { input, _ in
                    journal.write("old \(input)")
                    await turnstile.pass()
                    return input
                }, queues: [.default: 1])
            let end = Task { try await leaving.run(until: shutdown) }
            for id in ["a", "b", "c"] { try await old.engine.start(RunErrand.self, id: WorkflowID(id), input: id) }
            await turnstile.whenArrived(1)
            shutdown.trigger()
            let errands = WorkflowRegistry.errands { input, _ in
                journal.write("new \(input)")
                return input
            }
            try await new.withWorker(errands, queues: [.default: 1]) {
                await turnstile.open()
                try await end.value
                for id in ["a", "b", "c"] { _ = try await new.engine.result(of: RunErrand.self, id: WorkflowID(id)) }
            }
            #expect(journal.lines.sorted() == ["new b", "new c", "old a"])
        }
    }

    @Test(arguments: [0, 1, 2]) func `a store that is away in the middle of a recovery is asked until it is done`(
        _ writes: Int
    ) async throws {
        try await withWorkflowDatabase(on: .sqlite) { database in
            try await die(EmbeddedBed(database), with: ["job"])
            let away = AwayDatabase(database)
            away.goAway(afterWrites: writes)
            let bed = EmbeddedBed(away)
            try await bed.withWorker(
                .errands { input, activity in "\(input) \(activity.attempt)" }, queues: [.default: 1]
            ) {
                while away.refusals < 2 { try await pause() }
                away.comeBack()
                let output = try await bed.engine.result(of: RunErrand.self, id: "job")
                #expect(output == "job 2")
            }
        }
    }

    @Test(.timeLimit(.minutes(3))) func `a queue of one moves on after a crash between any two steps`() async throws {
        var (crashAt, hasCrashed) = (1, true)
        while hasCrashed {
            hasCrashed = try await withWorkflowDatabase(on: .sqlite) { database in
                var registry = WorkflowRegistry.errands { input, _ in input }
                registry.register(TwoErrands.self)
                let crashing = CrashingDatabase(database, crashAt: crashAt, .after)
                let ids: [WorkflowID] = ["a", "b"]
                let bed = EmbeddedBed(database, limits: WorkerLimits(sweepInterval: .seconds(3600)))
                try await bed.embedded.limit(.default, to: TaskQueueLimits(concurrency: 1))
                for id in ids { try await bed.engine.start(TwoErrands.self, id: id, input: id.rawValue) }
                // Its death is the point of the test; without one it has done everything.
                try? await EmbeddedBed(crashing, limits: bed.limits).withWorker(registry, queues: [.default: 2]) {
                    [crashing] in
                    while try await !bed.areClosed(ids), !crashing.hasCrashed { try await pause() }
                }
                try await bed.withWorker(registry, queues: [.default: 2]) {
                    for id in ids {
                        let output = try await bed.engine.result(of: TwoErrands.self, id: id)
                        #expect(output == ["\(id.rawValue) first", "\(id.rawValue) second"])
                    }
                }
                return crashing.hasCrashed
            }
            crashAt += 1
        }
        #expect(crashAt > 8)
    }

    @Test func `a sweep finds what a lost wake-up left behind`() async throws {
        try await withWorkflowDatabase(on: .sqlite) { database in
            let clock = ManualClock()
            let bed = EmbeddedBed(database, clock: clock)
            try await bed.withWorker(.errands { input, _ in input }, queues: [.default: 1]) {
                await clock.whenSomeoneSleeps(until: clock.now.addingTimeInterval(5))
                // In a transaction of somebody who forgets to wake anyone.
                try await database.write { connection in
                    _ = try bed.engine.start(
                        RunErrand.self, id: "lost", input: "x", options: StartOptions(), in: connection)
                }
                clock.advance(by: .seconds(5))
                let output = try await bed.engine.result(of: RunErrand.self, id: "lost")
                #expect(output == "x")
            }
        }
    }

    @Test(arguments: [-86_400.0, -3600, 3600, 86_400])
    func `a clock that jumps takes no job from a process that lives, seen or unseen`(_ jump: Double) async throws {
        try await withWorkflowDatabase(on: .sqlite) { database in
            let (clock, turnstile) = (ManualClock(), Turnstile())
            let errands = WorkflowRegistry.errands { input, activity in
                await turnstile.pass()
                return "\(input) \(activity.attempt)"
            }
            try await withWorkers(["here", "there"], errands, database, clock) { bed in
                try await bed.engine.start(RunErrand.self, id: "job", input: "job")
                await turnstile.whenArrived(1)
                clock.correct(by: .seconds(jump))
                try await sweep(20, clock, workers: 2)
                await turnstile.open()
                let output = try await bed.engine.result(of: RunErrand.self, id: "job")
                #expect(output == "job 1")
            }
        }
    }

    @Test func `a step longer than its lease is kept while its process is heard of, and lost when it falls silent`()
        async throws
    {
        try await withWorkflowDatabase(on: .sqlite) { database in
            let (clock, turnstile, away) = (ManualClock(), Turnstile(), AwayDatabase(database))
            let errands = WorkflowRegistry.errands { input, activity in
                // The first attempt heeds no cancellation, as a blocked call does.
                if activity.attempt == 1 { await Task.detached { await turnstile.pass() }.value }
                return "\(input) \(activity.attempt)"
            }
            try await withWorkers(["silent"], errands, away, clock) { silent in
                try await silent.engine.start(RunErrand.self, id: "job", input: "job")
                await turnstile.whenArrived(1)
                try await withWorkers(["heir"], errands, database, clock) { heir in
                    // Two minutes with a lease of half a minute.
                    try await sweep(24, clock, workers: 2)
                    let kept = try await heir.engine.describe("job")?.pendingActivities.first
                    #expect(kept?.attempt == 1)
                    #expect(kept?.state == .running)

                    away.goAway()
                    try await sweep(10, clock, workers: 2)
                    let output = try await heir.engine.result(of: RunErrand.self, id: "job")
                    #expect(output == "job 2")
                    // What it still brings is refused, whoever it tells.
                    away.comeBack()
                    await turnstile.open()
                    try await sweep(2, clock, workers: 2)
                }
                let completions = try await database.read {
                    try $0.query("SELECT payload FROM workflow_history WHERE kind = 'activityCompleted'")
                }
                #expect(
                    try completions.map { String(decoding: try $0.blob("payload"), as: UTF8.self) } == ["\"job 2\""])
            }
        }
    }

    @Test func `a recovery while the job runs in the same process begins no second run`() async throws {
        try await withWorkflowDatabase(on: .sqlite) { database in
            let (clock, turnstile) = (ManualClock(), Turnstile())
            let bed = EmbeddedBed(database, clock: clock)
            let errands = WorkflowRegistry.errands { input, activity in
                await turnstile.pass()
                return "\(input) \(activity.attempt)"
            }
            try await bed.withWorker(errands, queues: [.default: 2]) {
                try await bed.engine.start(RunErrand.self, id: "job", input: "job")
                await turnstile.whenArrived(1)
                try await bed.withWorker(errands, queues: [.default: 2]) { try await sweep(20, clock, workers: 2) }
                await turnstile.open()
                let output = try await bed.engine.result(of: RunErrand.self, id: "job")
                #expect(output == "job 1")
            }
        }
    }
}

extension `Processes that share a database` {
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

    /// Runs a worker until it has begun all of `ids`, and drops it there.
    private func die(_ bed: EmbeddedBed, with ids: [WorkflowID]) async throws {
        let turnstile = Turnstile()
        let worker = bed.makeWorker(
            .errands { _, _ in
                await turnstile.pass()
                await untilCancelled()
                throw CancellationError()
            }, queues: [.default: ids.count])
        for id in ids { try await bed.engine.start(RunErrand.self, id: id, input: id.rawValue) }
        await withTaskGroup(of: Void.self) { group in
            // It ends with the error of its death.
            group.addTask { try? await worker.run(until: ShutdownSignal()) }
            await turnstile.whenArrived(ids.count)
            await worker.abandon()
            await turnstile.open()
        }
    }

    /// Runs one worker for each machine; none sees the processes of another.
    private func withWorkers(
        _ machines: [String], _ registry: WorkflowRegistry, _ database: any Database, _ clock: ManualClock,
        _ body: @Sendable (EmbeddedBed) async throws -> Void
    ) async throws {
        let bed = EmbeddedBed(database, clock: clock)
        let shutdown = ShutdownSignal()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for machine in machines {
                let own = ProcessIdentity(host: machine, process: "1:1")
                let worker = WorkflowWorker(
                    engine: bed.embedded, registry: registry, queues: [.default: 1],
                    limits: WorkerLimits(stopGrace: .zero, cancelGrace: .zero), logger: .silent, metrics: Metrics(),
                    random: { 0.5 }, processes: ProcessTable(own: own) { $0.host == machine ? true : nil })
                group.addTask { try await worker.run(until: shutdown) }
            }
            do { try await body(bed) } catch {
                shutdown.trigger()
                throw error
            }
            shutdown.trigger()
            try await group.waitForAll()
        }
    }

    /// Lets so many sweeps of all workers go by.
    private func sweep(_ count: Int, _ clock: ManualClock, workers: Int) async throws {
        for _ in 1...count {
            await clock.whenSomeoneSleeps(count: workers, until: clock.now.addingTimeInterval(5.001))
            clock.advance(by: .seconds(5))
        }
        await clock.whenSomeoneSleeps(count: workers, until: clock.now.addingTimeInterval(5.001))
    }
}

extension EmbeddedBed {
    fileprivate func areClosed(_ ids: [WorkflowID]) async throws -> Bool {
        for id in ids where try await engine.describe(id)?.status.isClosed != true { return false }
        return true
    }
}
