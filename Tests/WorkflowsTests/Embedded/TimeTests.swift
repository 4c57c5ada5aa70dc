import AtelierTesting
import Concurrency
import Database
import FoundationEssentials
import Testing
import Workflows
import WorkflowsSQL

/// Everything that depends on time, with a clock that the test moves.
@Suite(.timeLimit(.minutes(1))) struct `Time in the embedded engine` {
    private func withBed(
        _ errand: @escaping @Sendable (String, ActivityContext) async throws -> String,
        _ body: @Sendable (EmbeddedBed, ManualClock) async throws -> Void
    ) async throws {
        try await withWorkflowDatabase { database, _ in
            let clock = ManualClock()
            let limits = WorkerLimits(sweepInterval: .seconds(86_400))
            let bed = EmbeddedBed(database, clock: clock, limits: limits)
            try await bed.withWorker(.errands(errand), queues: [.default: 4]) { try await body(bed, clock) }
        }
    }

    @Test func `attempts come when the policy says, and not before`() async throws {
        let clockBox = Locked<ManualClock?>(nil)
        let times = Locked<[Date]>([])
        try await withBed { input, activity in
            if let now = clockBox.withLock({ $0?.now }) { times.withLock { $0.append(now) } }
            if activity.attempt < 5 { throw Errand.Failure() }
            return input
        } _: { bed, clock in
            clockBox.withLock { $0 = clock }
            let begin = clock.now
            try await bed.engine.start(RunErrand.self, id: "retries", input: "x")
            for _ in 1...4 {
                let pending = try await bed.pending("retries") { $0.state == .backoff }
                try await clock.reach(pending.nextAttemptAt)
                try await bed.moved("retries", past: pending.attempt)
            }
            #expect(try await bed.engine.result(of: RunErrand.self, id: "retries") == "x")
            let waits = times.withLock { $0.map { $0.timeIntervalSince(begin).rounded() } }
            #expect(waits == [0, 1, 3, 7, 11])
        }
    }

    @Test func `a provider that names a wait is asked again after it`() async throws {
        try await withBed { input, activity in
            if activity.attempt == 1 { throw Errand.Failure(retryAfter: .seconds(30)) }
            return input
        } _: { bed, clock in
            let begin = clock.now
            try await bed.engine.start(RunErrand.self, id: "wait", input: "x")
            let pending = try await bed.pending("wait") { $0.state == .backoff }
            #expect(pending.nextAttemptAt.map { $0.timeIntervalSince(begin).rounded() } == 30)
            try await clock.reach(pending.nextAttemptAt)
            #expect(try await bed.engine.result(of: RunErrand.self, id: "wait") == "x")
        }
    }

    @Test func `silence beyond the heartbeat ends an attempt, and its late result is refused`() async throws {
        let silent = ShutdownSignal()
        let late = ShutdownSignal()
        try await withBed { _, activity in
            guard activity.attempt == 1 else { return "second" }
            await activity.heartbeat("alive")
            silent.trigger()
            await late.wait()
            return "first, too late"
        } _: { bed, clock in
            let options = ActivityOptions(retry: Errand.patient, startToClose: .seconds(600), heartbeat: .seconds(10))
            try await bed.engine.start(RunCarefulErrand.self, id: "silent", input: options)
            await silent.wait()
            try await clock.reach(clock.now.addingTimeInterval(10))
            let pending = try await bed.pending("silent") { $0.state == .backoff }
            #expect(pending.lastFailure?.kind == WorkflowFailure.Kind.heartbeatTimeout)
            // The first attempt returned a result when it was cancelled; its lease was gone by then.
            try await clock.reach(pending.nextAttemptAt)
            #expect(try await bed.engine.result(of: RunCarefulErrand.self, id: "silent") == "second")
            late.trigger()
        }
    }

    @Test func `heartbeats keep a long attempt alive`() async throws {
        let beats = Journal()
        let asked = AsyncStream.makeStream(of: Void.self)
        try await withBed { input, activity in
            for await _ in asked.stream {
                await activity.heartbeat("beat \(beats.lines.count)")
                beats.write("beat")
            }
            return "\(input) after attempt \(activity.attempt)"
        } _: { bed, clock in
            let options = ActivityOptions(retry: Errand.patient, startToClose: .seconds(600), heartbeat: .seconds(10))
            try await bed.engine.start(RunCarefulErrand.self, id: "alive", input: options)
            for beat in 1...5 {
                asked.continuation.yield()
                while beats.lines.count < beat { try await pause() }
                clock.advance(by: .seconds(9))
            }
            asked.continuation.finish()
            let output = try await bed.engine.result(of: RunCarefulErrand.self, id: "alive")
            #expect(output == "careful after attempt 1")
        }
    }

    @Test func `what waits longer than all its attempts may take fails without another`() async throws {
        try await withBed { _, _ in
            throw Errand.Failure()
        } _: { bed, clock in
            let retry = RetryPolicy(
                initialInterval: .seconds(4), maximumInterval: .seconds(4), maximumAttempts: nil, jitter: 0)
            let options = ActivityOptions(retry: retry, scheduleToClose: .seconds(6))
            try await bed.engine.start(RunCarefulErrand.self, id: "late", input: options)
            let pending = try await bed.pending("late") { $0.state == .backoff }
            try await clock.reach(pending.nextAttemptAt)
            // The second failure leaves no time for a third attempt.
            let failure = try await bed.engine.waitForClose(of: "late")?.failure
            #expect(failure?.kind == "errand")
            #expect(failure?.attempts == 2)
        }
    }

    @Test func `an activity whose time is over while it is queued fails as timed out`() async throws {
        let running = ShutdownSignal()
        try await withBed { input, _ in
            running.trigger()
            await untilCancelled()
            return input
        } _: { bed, clock in
            for number in 1...4 {
                try await bed.engine.start(RunErrand.self, id: WorkflowID("busy\(number)"), input: "x")
            }
            await running.wait()
            for number in 1...4 {
                _ = try await bed.pending(WorkflowID("busy\(number)")) { $0.state == .running }
            }
            let options = ActivityOptions(retry: Errand.patient, scheduleToClose: .seconds(5))
            try await bed.engine.start(RunCarefulErrand.self, id: "queued", input: options)
            _ = try await bed.pending("queued") { $0.state == .queued }
            try await clock.reach(clock.now.addingTimeInterval(5))
            let failure = try await bed.engine.waitForClose(of: "queued")?.failure
            #expect(failure?.kind == WorkflowFailure.Kind.scheduleToCloseTimeout)
            for number in 1...4 { try await bed.engine.requestCancel(WorkflowID("busy\(number)"), reason: "done") }
        }
    }

    @Test func `a timer of a day fires after a day, and the workflow sees the time pass`() async throws {
        try await withBed({ input, _ in input }) { bed, clock in
            try await bed.engine.start(SleepLong.self, id: "day", input: 86_400)
            try await bed.hasTimer()
            let end = clock.now.addingTimeInterval(86_400)
            await clock.whenSomeoneSleeps(until: end.addingTimeInterval(0.001))
            clock.advance(by: .seconds(86_399))
            #expect(try await bed.engine.describe("day")?.status == .running)
            try await clock.reach(end)
            #expect(try await bed.engine.result(of: SleepLong.self, id: "day") == "slept")
        }
    }

    @Test func `a clock that is set back an hour stops nothing`() async throws {
        try await withBed { input, activity in
            if activity.attempt == 1 { throw Errand.Failure() }
            return input
        } _: { bed, clock in
            clock.set(to: clock.now.addingTimeInterval(-3600))
            try await bed.engine.start(RunErrand.self, id: "back", input: "x")
            let pending = try await bed.pending("back") { $0.state == .backoff }
            try await clock.reach(pending.nextAttemptAt)
            #expect(try await bed.engine.result(of: RunErrand.self, id: "back") == "x")
        }
    }

    @Test func `an idle engine asks nothing of its database until its sweep`() async throws {
        try await withWorkflowDatabase { database, _ in
            let clock = ManualClock()
            let counting = CountingDatabase(database)
            let bed = EmbeddedBed(counting, clock: clock)
            try await bed.withWorker(.errands { input, _ in input }, queues: [.default: 4]) {
                try await bed.engine.start(RunErrand.self, id: "one", input: "x")
                _ = try await bed.engine.result(of: RunErrand.self, id: "one")
                await clock.whenSomeoneSleeps()
                for _ in 0..<1000 { await Task.yield() }
                let before = counting.callCount
                for _ in 0..<1000 { await Task.yield() }
                #expect(counting.callCount == before)
                clock.advance(by: .seconds(5))
                while counting.callCount == before { try await pause() }
            }
        }
    }
}

extension ManualClock {
    /// Moves to `date`, but only once somebody waits for it.
    func reach(_ date: Date?) async throws {
        // A sleeper's end is computed in floating point: it may be off by less than a microsecond.
        let date = try #require(date).addingTimeInterval(0.000_01)
        await whenSomeoneSleeps(until: date)
        advance(by: .seconds(date.timeIntervalSince(now)))
    }
}

extension EmbeddedBed {
    /// Waits until the workflow's activity has begun attempt number `attempt` + 1 or is over.
    func moved(_ id: WorkflowID, past attempt: Int) async throws {
        while let pending = try await engine.describe(id)?.pendingActivities.first, pending.attempt <= attempt {
            try await pause()
        }
    }

    /// Waits until a timer is on disk.
    func hasTimer() async throws {
        while try await database.read({ try $0.first("SELECT timer_id FROM workflow_timers") }) == nil {
            try await pause()
        }
    }
}
