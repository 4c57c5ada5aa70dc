import AtelierTesting
import Concurrency
import Database
import Testing
import Workflows

@testable import WorkflowsTemporal

/// Starts so many activities at once, each with an input of so many bytes.
private struct Bulk: Workflow {
    static let name = "Bulk"
    struct Input: Codable, Sendable {
        var count: Int
        var byteCount: Int
    }
    func run(_ input: Input, in workflow: WorkflowContext) async throws -> Int {
        try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<input.count {
                group.addTask { try await workflow.execute(Echo.self, String(repeating: "x", count: input.byteCount)) }
            }
            return try await group.reduce(0) { $0 + $1.count }
        }
    }
}

/// Never ends by itself.
private struct Endless: Workflow {
    static let name = "Endless"
    func run(_ input: String, in workflow: WorkflowContext) async throws -> String {
        while true { _ = try await workflow.execute(Echo.self, input) }
    }
}

private struct Echo: Activity {
    static let name = "Echo"
    static let options = ActivityOptions(startToClose: .seconds(30))
    func run(_ input: String, in activity: ActivityContext) async throws -> String { input }
}

@Suite(.enabled(if: TemporalBed.address != nil, "./test.sh starts a Temporal server"), .timeLimit(.minutes(1)))
struct `Limits of a Temporal server` {
    private func failure<W: Workflow>(
        of type: W.Type, _ input: W.Input, _ server: ServerLimits = ServerLimits()
    ) async throws -> WorkflowFailure? {
        try await TestDatabase.sqlite.with { database in
            try await Migrator(Migration.temporal).run(on: database)
            var limits = TemporalWorkerLimits()
            limits.server = server
            let bed = try await TemporalBed(database, limits: limits)
            var registry = WorkflowRegistry()
            registry.register(type)
            registry.register(Echo())
            let failure = Locked<WorkflowFailure?>(nil)
            try await bed.withWorker(registry, queues: [.default: 4]) {
                try await bed.engine.start(type, id: "job", input: input)
                let end = try await bed.engine.waitForClose(of: "job")
                failure.withLock { $0 = end?.failure }
                #expect(end?.status == .failed)
            }
            return failure.withLock { $0 }
        }
    }

    @Test func `inputs that no request can hold together end the job, with the limit named`() async throws {
        let failure = try await failure(of: Bulk.self, Bulk.Input(count: 5, byteCount: 1_000_000))
        #expect(failure?.kind == WorkflowFailure.Kind.payloadTooLarge)
        #expect(failure?.cause?.contains("\(ServerLimits().requestBytes)") == true)
    }

    @Test func `more activities at once than the server takes end the job, with the limit named`() async throws {
        let failure = try await failure(of: Bulk.self, Bulk.Input(count: 2001, byteCount: 1))
        #expect(failure?.kind == WorkflowFailure.Kind.misuse)
        #expect(failure?.cause?.contains("2000") == true)
    }

    @Test(arguments: [ServerLimits(historyEvents: 60), ServerLimits(historyBytes: 20_000)])
    func `a workflow that never ends is ended with what to change`(_ limits: ServerLimits) async throws {
        let failure = try await failure(of: Endless.self, String(repeating: "x", count: 1000), limits)
        #expect(failure?.kind == WorkflowFailure.Kind.historyTooLong)
    }
}
