import Concurrency
import Testing
public import Workflows

extension WorkflowConformance {
    static let activities: [WorkflowCheck] = [
        WorkflowCheck("a failed attempt is repeated under the same idempotency key until it succeeds") { bed in
            let journal = Journal()
            try await bed.withScript { input, activity in
                journal.write("\(activity.attempt) \(activity.idempotencyKey)")
                if activity.attempt < 3 { throw ScriptedFailure() }
                return input
            } _: {
                try await bed.engine.start(OneStep.self, id: "flaky", input: "x")
                #expect(try await bed.engine.result(of: OneStep.self, id: "flaky") == "x")
                let keys = Set(journal.lines.map { $0.split(separator: " ")[1] })
                #expect(journal.lines.map { $0.prefix(1) } == ["1", "2", "3"])
                #expect(keys.count == 1)
                #expect(keys.first?.hasSuffix("/Scripted-1") == true)
            }
        },
        WorkflowCheck("two runs never share an idempotency key") { bed in
            let journal = Journal()
            try await bed.withScript { input, activity in
                journal.write(activity.idempotencyKey)
                return input
            } _: {
                try await bed.engine.start(OneStep.self, id: "one", input: "same")
                try await bed.engine.start(OneStep.self, id: "two", input: "same")
                _ = try await bed.engine.result(of: OneStep.self, id: "one")
                _ = try await bed.engine.result(of: OneStep.self, id: "two")
                #expect(Set(journal.lines).count == 2)
            }
        },
        WorkflowCheck("a failure that cannot be retried ends the activity at once, and the workflow learns why") {
            bed in
            let journal = Journal()
            try await bed.withScript { input, _ in
                journal.write(input)
                throw ScriptedFailure(kind: "unsupported", isRetryable: false, message: "Send a JPEG.")
            } _: {
                try await bed.engine.start(Recovering.self, id: "fatal", input: "x")
                let failure = try await bed.engine.result(of: Recovering.self, id: "fatal")
                #expect(failure.kind == "unsupported")
                #expect(failure.message == "Send a JPEG.")
                #expect(failure.activity == "Scripted")
                #expect(failure.attempts == 1)
                #expect(journal.lines.count == 1)
            }
        },
        WorkflowCheck("when the attempts are used up the workflow fails with the last failure") { bed in
            try await bed.withScript { _, activity in
                throw ScriptedFailure(kind: "try\(activity.attempt)")
            } _: {
                try await bed.engine.start(OneStep.self, id: "hopeless", input: "x")
                let end = try await bed.engine.waitForClose(of: "hopeless")
                #expect(end?.status == .failed)
                #expect(end?.failure?.kind == "try3")
                #expect(end?.failure?.attempts == 3)
                #expect(end?.failure?.message == "It was meant to fail.")
            }
        },
        WorkflowCheck("an error without words for clients gets general ones, and keeps its own for operators") { bed in
            try await bed.withScript { _, _ in
                throw UntypedError()
            } _: {
                try await bed.engine.start(Recovering.self, id: "untyped", input: "x")
                let failure = try await bed.engine.result(of: Recovering.self, id: "untyped")
                #expect(failure.kind == "UntypedError")
                #expect(!failure.message.contains("somebody"))
                #expect(failure.cause?.contains("somebody") == true)
            }
        },
        WorkflowCheck("an attempt that takes too long is cancelled, and the next one may succeed") { bed in
            let journal = Journal()
            try await bed.withScript { input, activity in
                guard activity.attempt == 1 else { return input + " at last" }
                await untilCancelled()
                journal.write("cancelled")
                throw CancellationError()
            } _: {
                try await bed.engine.start(LimitedStep.self, id: "slow", input: "done")
                #expect(try await bed.engine.result(of: LimitedStep.self, id: "slow") == "done at last")
                #expect(journal.lines == ["cancelled"])
            }
        },
        WorkflowCheck("the next attempt is given the details of the last heartbeat") { bed in
            try await bed.withScript { _, activity in
                guard let ticket = activity.lastHeartbeat(as: String.self) else {
                    await activity.heartbeat("ticket \(activity.attempt)")
                    throw ScriptedFailure()
                }
                return ticket
            } _: {
                try await bed.engine.start(OneStep.self, id: "ticket", input: "x")
                #expect(try await bed.engine.result(of: OneStep.self, id: "ticket") == "ticket 1")
            }
        },
        WorkflowCheck("options given in a call replace the activity's own") { bed in
            let journal = Journal()
            try await bed.withScript { input, activity in
                journal.write("try")
                throw ScriptedFailure()
            } _: {
                let options = ActivityOptions(retry: .quick(attempts: 5))
                try await bed.engine.start(CarefulStep.self, id: "careful", input: options)
                #expect(try await bed.engine.waitForClose(of: "careful")?.failure?.attempts == 5)
                #expect(journal.lines.count == 5)
            }
        },
        WorkflowCheck("a waiting activity shows its attempts, its last failure and when it goes on") { bed in
            let failed = ShutdownSignal()
            try await bed.withScript { _, _ in
                failed.trigger()
                throw ScriptedFailure(kind: "busy")
            } _: {
                let retry = RetryPolicy(
                    initialInterval: .seconds(3600), maximumInterval: .seconds(3600), maximumAttempts: 2)
                try await bed.engine.start(CarefulStep.self, id: "waiting", input: ActivityOptions(retry: retry))
                await failed.wait()
                let pending = try await bed.pending("waiting") { $0.state == .backoff }
                #expect(pending.attempt == 1)
                #expect(pending.lastFailure?.kind == "busy")
                #expect(pending.nextAttemptAt != nil)
                try await bed.engine.requestCancel("waiting", reason: "enough")
                #expect(try await bed.engine.waitForClose(of: "waiting")?.status == .cancelled)
            }
        },
    ]
}

extension WorkflowTestBed {
    /// Waits until the workflow's one activity is as `condition` says.
    public func pending(
        _ id: WorkflowID, _ condition: (PendingActivity) -> Bool
    ) async throws -> PendingActivity {
        while true {
            if let found = try await engine.describe(id)?.pendingActivities.first, condition(found) { return found }
            try await pause()
        }
    }
}

/// Lets others run between two looks at what a test waits for; ends with the test's time.
public func pause() async throws {
    try Task.checkCancellation()
    await Task.yield()
}
