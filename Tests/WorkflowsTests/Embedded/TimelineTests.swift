import AtelierTesting
import Concurrency
import Foundation
import Testing
import Workflows
import WorkflowsSQL

/// What an operator sees of a job's past: every attempt, when, where, how long, and why it ended.
@Suite(.timeLimit(.minutes(1))) struct `A job's timeline` {
    @Test func `tells every attempt in order, with its worker, its times and its error`() async throws {
        try await withWorkflowDatabase { database, _ in
            let bed = EmbeddedBed(database)
            let errands = WorkflowRegistry.errands { input, activity in
                if activity.attempt < 3 { throw Errand.Failure(kind: "busy", message: "HTTP 502.", retryAfter: nil) }
                return input
            }
            let retry = RetryPolicy(
                initialInterval: .milliseconds(1), maximumInterval: .milliseconds(1), maximumAttempts: 5)
            try await bed.withWorker(errands, queues: [.default: 1]) {
                try await bed.engine.start(RunCarefulErrand.self, id: "job", input: ActivityOptions(retry: retry))
                _ = try await bed.engine.waitForClose(of: "job")
            }

            let timeline = try #require(try await bed.embedded.timeline(of: "job"))
            #expect(timeline.next == nil)
            #expect(timeline.entries.map(\.kind) == [.started, .command, .attempt, .attempt, .attempt, .ended])
            let attempts = timeline.entries.compactMap(\.attempt)
            #expect(attempts.map(\.number) == [1, 2, 3])
            #expect(attempts.map(\.outcome) == [.failed, .failed, .completed])
            #expect(attempts.prefix(2).allSatisfy { $0.failure?.kind == "busy" && $0.failure?.message == "HTTP 502." })
            let pid = ProcessInfo.processInfo.processIdentifier
            for attempt in attempts {
                #expect(attempt.worker?.hasSuffix(":\(pid)") == true)
                #expect(try #require(attempt.seconds) >= 0)
                #expect(try #require(attempt.scheduledAt) <= #require(attempt.startedAt))
            }
            #expect(timeline.entries.last?.text == "The job ended as completed")
        }
    }

    @Test func `comes in pages without gaps or repetitions`() async throws {
        try await withWorkflowDatabase { database, _ in
            let bed = EmbeddedBed(database)
            try await bed.withWorker(.journeys(), queues: [.default: 2]) {
                try await bed.engine.start(Journey.self, id: "j", input: "j")
                _ = try await bed.engine.waitForClose(of: "j")
            }
            let whole = try #require(try await bed.embedded.timeline(of: "j")).entries
            #expect(whole.count > 15)

            var paged: [TimelineEntry] = []
            var next: Int? = 0
            while let after = next {
                let page = try #require(try await bed.embedded.timeline(of: "j", after: after, limit: 4))
                #expect(page.entries.count <= 4)
                paged += page.entries
                next = page.next
            }
            #expect(paged == whole)
            let unknown = try await bed.embedded.timeline(of: "nobody")
            #expect(unknown == nil)
        }
    }

    @Test func `tells of the attempt that was lost with its process`() async throws {
        try await withWorkflowDatabase { database, _ in
            let bed = EmbeddedBed(database)
            let (running, shutdown) = (ShutdownSignal(), ShutdownSignal())
            let doomed = bed.makeWorker(
                .errands { _, _ in
                    running.trigger()
                    await untilCancelled()
                    throw CancellationError()
                })
            try await bed.engine.start(RunErrand.self, id: "job", input: "x")
            async let end: Void = doomed.run(until: shutdown)
            await running.wait()
            await doomed.abandon()
            // It was told to die.
            try? await end

            try await bed.withWorker(.errands { input, _ in input }, queues: [.default: 1]) {
                _ = try await bed.engine.waitForClose(of: "job")
            }
            let attempts = try #require(try await bed.embedded.timeline(of: "job")).entries.compactMap(\.attempt)
            #expect(attempts.map(\.outcome) == [.lost, .completed])
            #expect(attempts.map(\.number) == [1, 2])
            #expect(attempts.first?.failure?.kind == WorkflowFailure.Kind.workerLost)
            #expect(attempts.first?.startedAt != nil && attempts.first?.worker != nil)
        }
    }

    @Test func `tells of attempts that took too long, and were given back`() async throws {
        try await withWorkflowDatabase { database, _ in
            let bed = EmbeddedBed(database, limits: WorkerLimits(stopGrace: .milliseconds(1)))
            let (second, shutdown) = (ShutdownSignal(), ShutdownSignal())
            let worker = bed.makeWorker(
                .errands { _, activity in
                    if activity.attempt == 2 { second.trigger() }
                    await untilCancelled()
                    throw CancellationError()
                })
            let retry = RetryPolicy(
                initialInterval: .milliseconds(1), maximumInterval: .milliseconds(1), maximumAttempts: 5)
            let options = ActivityOptions(retry: retry, startToClose: .milliseconds(20), heartbeat: nil)
            try await bed.engine.start(RunCarefulErrand.self, id: "job", input: options)
            async let end: Void = worker.run(until: shutdown)
            await second.wait()
            shutdown.trigger()
            try await end

            let outcomes = try #require(try await bed.embedded.timeline(of: "job")).entries
                .compactMap(\.attempt?.outcome)
            #expect(outcomes.first == .timedOut)
            // The second may still have run out of time before it was given back.
            #expect(outcomes.contains(.handedBack) || outcomes.filter { $0 == .timedOut }.count > 1)
            #expect(outcomes.last == .waiting)
        }
    }

    @Test func `tells of a cancelled attempt and of who asked for it`() async throws {
        try await withWorkflowDatabase { database, _ in
            let bed = EmbeddedBed(database)
            let running = ShutdownSignal()
            let patient = WorkflowRegistry.errands { _, _ in
                running.trigger()
                await untilCancelled()
                throw CancellationError()
            }
            try await bed.withWorker(patient, queues: [.default: 1]) {
                try await bed.engine.start(RunErrand.self, id: "cancelled", input: "x")
                await running.wait()
                try await bed.engine.requestCancel("cancelled", reason: "enough")
                _ = try await bed.engine.waitForClose(of: "cancelled")
            }
            let cancelled = try #require(try await bed.embedded.timeline(of: "cancelled")).entries
            #expect(cancelled.compactMap(\.attempt?.outcome) == [.cancelled])
            #expect(cancelled.contains { $0.text == "Cancellation was asked for: enough" })
        }
    }
}
