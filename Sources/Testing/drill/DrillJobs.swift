import Workflows

/// A job with everything that is written: steps in order and beside each other, progress, a timer, an end.
struct DrillJob: Workflow {
    static let name = "DrillJob"

    func run(_ input: String, in workflow: WorkflowContext) async throws -> [String] {
        try await workflow.report(step: "BEGIN", progress: 10)
        let first = try await workflow.execute(LeaveMark.self, input + " first")
        async let left = workflow.execute(LeaveMark.self, input + " left")
        async let right = workflow.execute(LeaveMark.self, input + " right")
        let both = try await [left, right]
        try await workflow.sleep(for: .milliseconds(1))
        return [first] + both + [try await workflow.execute(LeaveMark.self, input + " last")]
    }
}

/// The smallest job there is: one step.
struct ShortJob: Workflow {
    static let name = "ShortJob"
    func run(_ input: String, in workflow: WorkflowContext) async throws -> String {
        try await workflow.execute(LeaveMark.self, input)
    }
}

/// An effect that can be counted afterwards.
struct LeaveMark: Activity {
    static let name = "LeaveMark"
    static let options = ActivityOptions(
        retry: RetryPolicy(initialInterval: .milliseconds(1), maximumInterval: .milliseconds(1), maximumAttempts: nil))
    let effects: Lines

    func run(_ input: String, in activity: ActivityContext) async throws -> String {
        effects.write("\(activity.workflowID)/\(activity.activityID) \(activity.attempt)")
        return input
    }
}

extension WorkflowRegistry {
    static func drill(_ effects: Lines) -> WorkflowRegistry {
        var registry = WorkflowRegistry()
        registry.register(DrillJob.self)
        registry.register(ShortJob.self)
        registry.register(LeaveMark(effects: effects))
        return registry
    }
}
