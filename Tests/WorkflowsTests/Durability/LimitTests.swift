import AtelierTesting
import Concurrency
import Database
import DatabaseSQLite
import Testing
import Workflows
import WorkflowsSQL

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
            registry.register(Endless.self)
            try await bed.withWorker(registry, queues: [.default: 2]) { try await body(bed) }
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
