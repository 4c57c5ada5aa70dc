import AtelierTesting
import Concurrency
import Database
import Testing
import Workflows
import WorkflowsTemporal

/// An activity whose code is the test's.
struct Chore: Activity {
    static let name = "Chore"
    static let options = ActivityOptions(
        retry: RetryPolicy(initialInterval: .seconds(600), maximumInterval: .seconds(600), maximumAttempts: 3))
    struct Failure: ActivityFailure {
        var kind = "broken"
        var isRetryable = false
        var message = "It is out of reach."
        var retryAfter: Duration?
    }
    let body: @Sendable (String, ActivityContext) async throws -> String

    func run(_ input: String, in activity: ActivityContext) async throws -> String { try await body(input, activity) }
}

/// One chore after the other, the last one in a queue of its own where one is named: `north,south,east@far`.
struct RunChores: Workflow {
    static let name = "RunChores"
    func run(_ input: String, in workflow: WorkflowContext) async throws -> [String] {
        var done: [String] = []
        for (index, chore) in input.split(separator: ",").enumerated() {
            let parts = chore.split(separator: "@").map(String.init)
            try await workflow.report(step: "CHORE_\(index + 1)", progress: (index + 1) * 10)
            var options = Chore.options
            if parts.count > 1 { options.taskQueue = TaskQueue(rawValue: parts[1]) }
            done.append(try await workflow.execute(Chore.self, parts[0], options: options))
        }
        return done
    }
}

/// Waits: for a time, a word, or a child.
struct Wait: Workflow {
    static let name = "Wait"
    func run(_ input: String, in workflow: WorkflowContext) async throws -> String {
        switch input {
        case "time": try await workflow.sleep(for: .seconds(3600))
        case "child": return try await workflow.executeChild(RunChores.self, "slow").joined()
        default: return try await workflow.signal(named: input)
        }
        return input
    }
}

extension WorkflowRegistry {
    static func chores(
        _ body: @escaping @Sendable (String, ActivityContext) async throws -> String = { input, _ in input }
    ) -> WorkflowRegistry {
        var registry = WorkflowRegistry()
        registry.register(RunChores.self)
        registry.register(Wait.self)
        registry.register(Chore(body: body))
        return registry
    }
}

/// What is out of reach until it is repaired, and what was done.
final class Neighbourhood: Sendable {
    private let broken: Locked<Set<String>>
    private let done = Locked<[String]>([])

    init(broken: Set<String> = []) { self.broken = Locked(broken) }

    func repair() { broken.withLock { $0 = [] } }
    var finished: [String] { done.withLock { $0 } }

    func visit(_ place: String) throws -> String {
        if broken.withLock({ $0.contains(place) }) { throw Chore.Failure(message: "\(place) is out of reach.") }
        done.withLock { $0.append(place) }
        return place
    }
}

/// Makes an engine on the test server and a database of its own.
func withTemporal(_ body: @Sendable (TemporalBed) async throws -> Void) async throws {
    try await TestDatabase.sqlite.with { database in
        try await Migrator(Migration.temporal).run(on: database)
        try await body(try await TemporalBed(database))
    }
}

/// Looks until what is seen is as wanted; the test's time limit is the limit.
func until<Value: Sendable>(
    _ look: @Sendable () async throws -> Value?, is wanted: @Sendable (Value) -> Bool
) async throws -> Value {
    while true {
        if let value = try await look(), wanted(value) { return value }
        try await Task.sleep(for: .milliseconds(20))
    }
}

extension Trait where Self == ConditionTrait {
    /// The tests that need the server which `./test.sh` starts.
    static var temporalServer: Self {
        .enabled(if: TemporalBed.address != nil, "./test.sh starts a Temporal server")
    }
}
