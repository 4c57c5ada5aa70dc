import Concurrency
import Workflows

/// A workflow that uses everything: steps in order and beside each other, retries, timers, children.
struct Journey: Workflow {
    static let name = "Journey"

    func run(_ input: String, in workflow: WorkflowContext) async throws -> [String] {
        try await workflow.report(step: "PACK", progress: 10)
        var seen = [try await workflow.execute(Visit.self, input + " start")]
        seen += try await workflow.executeAll(Visit.self, (1...3).map { "\(input) place \($0)" })
        try await workflow.report(step: "REST", progress: 50)
        async let trip = workflow.executeChild(DayTrip.self, input)
        try await workflow.sleep(for: .milliseconds(1))
        seen.append(try await trip)
        seen.append(try await workflow.execute(Visit.self, input + " flaky"))
        return seen
    }

    static func expected(_ input: String) -> [String] {
        ["start", "place 1", "place 2", "place 3", "trip", "flaky"].map { "been to \(input) \($0)" }
    }
}

struct DayTrip: Workflow {
    static let name = "DayTrip"
    func run(_ input: String, in workflow: WorkflowContext) async throws -> String {
        try await workflow.execute(Visit.self, input + " trip")
    }
}

/// Its effect is told to `visit`.
struct Visit: Activity {
    static let name = "Visit"
    static let options = ActivityOptions(
        retry: RetryPolicy(initialInterval: .milliseconds(1), maximumInterval: .milliseconds(1), maximumAttempts: nil))
    struct Flaky: Error {}
    let visit: @Sendable (ActivityContext) -> Void

    func run(_ input: String, in activity: ActivityContext) async throws -> String {
        visit(activity)
        if input.hasSuffix("flaky"), activity.attempt == 1 { throw Flaky() }
        return "been to " + input
    }
}

extension WorkflowRegistry {
    static func journeys(_ visit: @escaping @Sendable (ActivityContext) -> Void = { _ in }) -> WorkflowRegistry {
        var registry = WorkflowRegistry()
        registry.register(Journey.self)
        registry.register(DayTrip.self)
        registry.register(Visit(visit: visit))
        return registry
    }
}
