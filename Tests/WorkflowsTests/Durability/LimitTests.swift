import AtelierTesting
import Concurrency
import Database
import DatabaseSQLite
import Testing
import Workflows
import WorkflowsSQL

/// Makes an activity's input as large as it is told to.
private struct Inflating: Workflow {
    static let name = "Inflating"
    func run(_ byteCount: Int, in workflow: WorkflowContext) async throws -> String {
        try await workflow.execute(Errand.self, String(repeating: "x", count: byteCount))
    }
}

/// Never ends by itself.
private struct Endless: Workflow {
    static let name = "Endless"
    func run(_ input: String, in workflow: WorkflowContext) async throws -> String {
        while true { _ = try await workflow.execute(Errand.self, input) }
    }
}

@Suite(.timeLimit(.minutes(1))) struct `Limits of what a history keeps` {
    private static let tooMuch = Payload.maximumByteCount

    private func withBed(
        limits: WorkerLimits = WorkerLimits(),
        _ errand: @escaping @Sendable (String, ActivityContext) async throws -> String,
        _ body: @escaping @Sendable (EmbeddedBed) async throws -> Void
    ) async throws {
        try await withWorkflowDatabase { database, _ in
            let bed = EmbeddedBed(database, limits: limits)
            var registry = WorkflowRegistry.errands(errand)
            registry.register(Inflating.self)
            registry.register(Endless.self)
            try await bed.withWorker(registry, queues: [.default: 2]) { try await body(bed) }
        }
    }

    private func expectRefused(_ failure: WorkflowFailure?, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(failure?.kind == WorkflowFailure.Kind.payloadTooLarge, sourceLocation: sourceLocation)
        #expect(failure?.message.contains("\(Payload.maximumByteCount)") == true, sourceLocation: sourceLocation)
    }

    @Test func `an output beyond the limit fails its step at once, with the limit named`() async throws {
        let attempts = Journal()
        try await withBed { _, _ in
            attempts.write("attempt")
            return String(repeating: "x", count: Self.tooMuch)
        } _: { bed in
            try await bed.engine.start(RunErrand.self, id: "output", input: "x")
            let failure = try await bed.engine.waitForClose(of: "output")?.failure
            expectRefused(failure)
            #expect(failure?.attempts == 1)
            #expect(attempts.lines.count == 1)
        }
    }

    @Test func `an input beyond the limit is refused where it is made`() async throws {
        try await withBed { input, _ in
            input
        } _: { bed in
            await #expect(throws: PayloadTooLarge(byteCount: Self.tooMuch + 2)) {
                try await bed.engine.start(
                    RunErrand.self, id: "start", input: String(repeating: "x", count: Self.tooMuch))
            }
            let refused = try await bed.engine.describe("start")
            #expect(refused == nil)

            try await bed.engine.start(Inflating.self, id: "step", input: Self.tooMuch)
            expectRefused(try await bed.engine.waitForClose(of: "step")?.failure)
            try await bed.engine.start(Inflating.self, id: "just-right", input: Self.tooMuch - 2)
            #expect(try await bed.engine.waitForClose(of: "just-right")?.failure?.kind == nil)
        }
    }

    @Test func `a signal beyond the limit is refused, and the workflow goes on waiting`() async throws {
        try await withWorkflowDatabase { database, _ in
            let bed = EmbeddedBed(database)
            try await bed.engine.start(SleepLong.self, id: "asleep", input: 1)
            await #expect(throws: PayloadTooLarge.self) {
                try await bed.engine.signal("asleep", named: "s", String(repeating: "x", count: Self.tooMuch))
            }
            await #expect(throws: PayloadTooLarge.self) {
                try await bed.engine.write { connection in
                    try bed.engine.signal(
                        "asleep", named: "s",
                        payload: Payload(bytes: [UInt8](repeating: 32, count: Self.tooMuch + 1)), in: connection)
                }
            }
            let inbox = try await database.read { try $0.query("SELECT id FROM workflow_inbox") }
            #expect(inbox.isEmpty)
        }
    }

    @Test func `details beyond the limit fail the step, for its next attempt would miss them`() async throws {
        try await withBed { _, activity in
            await activity.heartbeat(String(repeating: "x", count: Self.tooMuch))
            throw Errand.Failure()
        } _: { bed in
            try await bed.engine.start(RunErrand.self, id: "details", input: "x")
            let failure = try await bed.engine.waitForClose(of: "details")?.failure
            expectRefused(failure)
            #expect(failure?.attempts == 1)
        }
    }

    @Test func `a failure's words are cut to what a reader can use`() async throws {
        try await withBed { _, _ in
            let words = String(repeating: "long ", count: 100_000)
            throw Errand.Failure(kind: words, isRetryable: false, message: words)
        } _: { bed in
            try await bed.engine.start(RunErrand.self, id: "words", input: "x")
            let failure = try await bed.engine.waitForClose(of: "words")?.failure
            #expect(failure?.message.count == 2000)
            #expect(failure?.kind.count == 200)
            #expect((failure?.cause?.count ?? 0) <= 1000)
        }
    }

    @Test(arguments: [
        WorkerLimits(historyEntries: 60), WorkerLimits(historyBytes: 40_000),
    ])
    func `a workflow that never ends is ended with what to change`(_ limits: WorkerLimits) async throws {
        let count = Journal()
        try await withBed(limits: limits) { input, _ in
            count.write(input)
            return String(repeating: "x", count: 1000)
        } _: { bed in
            try await bed.engine.start(Endless.self, id: "endless", input: "x")
            let end = try await bed.engine.waitForClose(of: "endless")
            #expect(end?.status == .failed)
            #expect(end?.failure?.kind == WorkflowFailure.Kind.historyTooLong)
            #expect(end?.failure?.message.contains("child jobs") == true)
            #expect(end?.pendingActivities.isEmpty == true)
        }
        #expect((20...60).contains(count.lines.count))
    }
}
