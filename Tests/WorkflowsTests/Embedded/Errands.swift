import Concurrency
import Workflows

/// An activity whose code is the test's.
struct Errand: Activity {
    static let name = "Errand"
    static let options = ActivityOptions(retry: patient)
    static let patient = RetryPolicy(
        initialInterval: .seconds(1), maximumInterval: .seconds(4), maximumAttempts: nil, jitter: 0)
    struct Failure: ActivityFailure {
        var kind = "errand"
        var isRetryable = true
        var message = "The errand failed."
        var retryAfter: Duration?
    }
    let body: @Sendable (String, ActivityContext) async throws -> String

    func run(_ input: String, in activity: ActivityContext) async throws -> String { try await body(input, activity) }
}

struct RunErrand: Workflow {
    static let name = "RunErrand"
    func run(_ input: String, in workflow: WorkflowContext) async throws -> String {
        try await workflow.execute(Errand.self, input)
    }
}

/// The options of its one errand come with the input.
struct RunCarefulErrand: Workflow {
    static let name = "RunCarefulErrand"
    func run(_ options: ActivityOptions, in workflow: WorkflowContext) async throws -> String {
        try await workflow.execute(Errand.self, "careful", options: options)
    }
}

struct SleepLong: Workflow {
    static let name = "SleepLong"
    func run(_ seconds: Int, in workflow: WorkflowContext) async throws -> String {
        try await workflow.sleep(for: .seconds(seconds))
        return "slept"
    }
}

extension WorkflowRegistry {
    static func errands(
        _ body: @escaping @Sendable (String, ActivityContext) async throws -> String
    ) -> WorkflowRegistry {
        var registry = WorkflowRegistry()
        registry.register(RunErrand.self)
        registry.register(RunCarefulErrand.self)
        registry.register(SleepLong.self)
        registry.register(Errand(body: body))
        return registry
    }
}

/// Returns when the calling task is cancelled.
func untilCancelled() async { await ShutdownSignal().wait() }
