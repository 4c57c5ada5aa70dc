import AtelierTesting
import Concurrency
import Database
import Foundation
import HTTPClient
import HTTPClientCurl
import Observability
import Testing
import Workflows
import WorkflowsSQL

@testable import Webhooks

/// The engine, the client and the webhooks over a database of a test's own.
struct WebhookBed: Sendable {
    let database: any Database
    let clock: any WallClock
    let engine: SQLWorkflowEngine
    let client: CurlHTTPClient
    let webhooks: Webhooks

    /// Runs `body`; receivers on this machine may be reached unless `rules` say otherwise.
    static func with(
        on kind: TestDatabase = .sqlite, clock: any WallClock = SystemClock(), allowing rules: [String] = ["127.0.0.1"],
        known addresses: [String] = [], _ body: (WebhookBed) async throws -> Void
    ) async throws {
        try await kind.with { database in
            try await Migrator(Migration.workflows + Webhooks.migrations).run(on: database)
            var configuration = CurlHTTPClient.Configuration(
                egress: Egress(allowed: rules.compactMap { EgressRule($0) }))
            configuration.knownAddresses = addresses
            let client = CurlHTTPClient(configuration)
            do {
                try await body(WebhookBed(database, clock, client))
                await client.close()
            } catch {
                await client.close()
                throw error
            }
        }
    }

    private init(_ database: any Database, _ clock: any WallClock, _ client: CurlHTTPClient) {
        self.database = database
        self.clock = clock
        self.client = client
        engine = SQLWorkflowEngine(database: database, clock: clock)
        webhooks = Webhooks(
            database: database, engine: engine, client: client, clock: clock, logger: .silent, random: { 0 })
        webhooks.listen()
    }

    /// Runs `body` beside a worker for `queues`.
    func withWorker(
        queues: [TaskQueue: Int] = [.default: 4, .webhooks: 4],
        _ errand: @escaping @Sendable (String, ActivityContext) async throws -> String = { input, _ in input },
        _ body: @Sendable () async throws -> Void
    ) async throws {
        let worker = makeWorker(queues, errand)
        let shutdown = ShutdownSignal()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await worker.run(until: shutdown) }
            do { try await body() } catch {
                shutdown.trigger()
                throw error
            }
            shutdown.trigger()
            try await group.waitForAll()
        }
    }

    func makeWorker(
        _ queues: [TaskQueue: Int],
        _ errand: @escaping @Sendable (String, ActivityContext) async throws -> String = { input, _ in input }
    ) -> WorkflowWorker {
        var registry = WorkflowRegistry()
        webhooks.register(workflows: &registry)
        registry.register(RunErrand.self)
        registry.register(RunTwoErrands.self)
        registry.register(DoErrand(errand: errand))
        // Days pass within a test whose clock is moved by hand: nothing but the tries themselves shall happen in them.
        let sweepInterval = clock is ManualClock ? Duration.seconds(86_400) : .seconds(1)
        let limits = WorkerLimits(
            lease: .seconds(30 * 86_400), sweepInterval: sweepInterval, stopGrace: .milliseconds(100),
            cancelGrace: .milliseconds(100))
        return WorkflowWorker(engine: engine, registry: registry, queues: queues, limits: limits, random: { 0 })
    }

    func run(_ id: WorkflowID, _ input: String = "x", owner: String? = nil) async throws {
        try await engine.start(
            RunErrand.self, id: id, input: input,
            options: StartOptions(owner: owner, memo: ["studio": "campaigns", "job_id": "7"]))
    }

    /// Waits for the end of every delivery there is.
    func settleDeliveries() async throws {
        let ids = try await database.read { connection in
            try connection.query("SELECT workflow_id FROM workflow_runs WHERE workflow = 'DeliverWebhook'")
                .map { try $0.text("workflow_id") }
        }
        for id in ids { _ = try await engine.waitForClose(of: WorkflowID(recorded: id)) }
    }

    /// What was sent to `endpoint`, the newest first.
    func deliveries(to endpoint: WebhookEndpoint) async throws -> [(WebhookDelivery, [WebhookAttempt])] {
        try await webhooks.deliveries(to: endpoint.id, before: nil, limit: 200)
    }

    /// Moves the clock to the next try, once a delivery waits for one.
    /// - Returns: How long that is from now, in seconds.
    @discardableResult
    func passToNextTry(_ clock: ManualClock) async throws -> Double {
        while true {
            let due = try await database.read { try $0.first("SELECT due_at FROM workflow_timers") }
            if let due {
                let time = Date(timeIntervalSince1970: Double(try due.integer("due_at")) / 1_000_000)
                await clock.whenSomeoneSleeps(until: time)
                let wait = time.timeIntervalSince(clock.now)
                clock.set(to: time)
                // Gone once it has fired.
                while try await database.read({ try $0.first("SELECT due_at FROM workflow_timers") }) == due {
                    try await Task.sleep(for: .milliseconds(5))
                }
                return wait
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}

struct RunErrand: Workflow {
    static let name = "RunErrand"
    func run(_ input: String, in workflow: WorkflowContext) async throws -> String {
        try await workflow.execute(DoErrand.self, input)
    }
}

struct RunTwoErrands: Workflow {
    static let name = "RunTwoErrands"
    func run(_ input: String, in workflow: WorkflowContext) async throws -> String {
        let first = try await workflow.executeChild(RunErrand.self, input)
        return try await first + workflow.executeChild(RunErrand.self, input)
    }
}

struct DoErrand: Activity {
    static let name = "DoErrand"
    static let options = ActivityOptions(
        retry: RetryPolicy(initialInterval: .milliseconds(1), maximumInterval: .milliseconds(1), maximumAttempts: 1))
    let errand: @Sendable (String, ActivityContext) async throws -> String
    func run(_ input: String, in activity: ActivityContext) async throws -> String { try await errand(input, activity) }
}

struct Refused: ActivityFailure {
    var kind: String { "refused" }
    var isRetryable: Bool { false }
    var message: String { "It was refused." }
}

extension SQLRow {
    static func == (left: SQLRow, right: SQLRow) -> Bool { left.values == right.values }
}

extension Optional<SQLRow> {
    static func == (left: SQLRow?, right: SQLRow) -> Bool { left?.values == right.values }
}
