import Concurrency
import FoundationEssentials
import Workflows

/// The suite's one activity: what it does is given by the test.
struct ScriptedActivity: Activity {
    static let name = "Scripted"
    static let options = ActivityOptions(retry: .quick(attempts: 3), startToClose: .seconds(30))
    let script: @Sendable (String, ActivityContext) async throws -> String

    func run(_ input: String, in activity: ActivityContext) async throws -> String { try await script(input, activity) }
}

extension RetryPolicy {
    /// Hardly any wait between attempts.
    static func quick(attempts: Int) -> RetryPolicy {
        RetryPolicy(initialInterval: .milliseconds(2), maximumInterval: .milliseconds(10), maximumAttempts: attempts)
    }
}

extension WorkflowRegistry {
    mutating func registerSuite() {
        register(OneStep.self)
        register(Inflating.self)
        register(ThreeSteps.self)
        register(FanOut.self)
        register(Pair.self)
        register(Race.self)
        register(CarefulStep.self)
        register(Recovering.self)
        register(CleaningUp.self)
        register(Collecting.self)
        register(Napping.self)
        register(Parent.self)
        register(LimitedStep.self)
        register(Patched.self)
        register(ForeignSleep.self)
        register(Escaping.self)
        register(SameID.self)
    }
}

struct OneStep: Workflow {
    static let name = "OneStep"
    func run(_ input: String, in workflow: WorkflowContext) async throws -> String {
        try await workflow.execute(ScriptedActivity.self, input)
    }
}

struct ThreeSteps: Workflow {
    static let name = "ThreeSteps"
    func run(_ input: String, in workflow: WorkflowContext) async throws -> String {
        var value = input
        for step in 1...3 {
            try await workflow.report(step: "STEP_\(step)", progress: step * 25)
            value = try await workflow.execute(ScriptedActivity.self, value + "\(step)")
        }
        return value
    }
}

struct FanOut: Workflow {
    static let name = "FanOut"
    func run(_ inputs: [String], in workflow: WorkflowContext) async throws -> [String] {
        try await workflow.executeAll(ScriptedActivity.self, inputs)
    }
}

struct Pair: Workflow {
    static let name = "Pair"
    func run(_ input: String, in workflow: WorkflowContext) async throws -> String {
        async let left = workflow.execute(ScriptedActivity.self, input + " left")
        async let right = workflow.execute(ScriptedActivity.self, input + " right")
        return try await left + ", " + right
    }
}

/// The first to finish wins; the others are cancelled.
struct Race: Workflow {
    static let name = "Race"
    func run(_ inputs: [String], in workflow: WorkflowContext) async throws -> String {
        try await withThrowingTaskGroup(of: String.self) { group in
            for input in inputs {
                group.addTask { try await workflow.execute(ScriptedActivity.self, input) }
            }
            let winner = try await group.next() ?? "nobody"
            group.cancelAll()
            return winner
        }
    }
}

/// Options for the one activity come with the input.
struct CarefulStep: Workflow {
    static let name = "CarefulStep"
    func run(_ options: ActivityOptions, in workflow: WorkflowContext) async throws -> String {
        try await workflow.execute(ScriptedActivity.self, "careful", options: options)
    }
}

/// Turns an activity's failure into its output.
struct Recovering: Workflow {
    static let name = "Recovering"
    func run(_ input: String, in workflow: WorkflowContext) async throws -> WorkflowFailure {
        do {
            _ = try await workflow.execute(ScriptedActivity.self, input, id: "the-step")
            return WorkflowFailure(kind: "none", message: "")
        } catch let error as ActivityError {
            return error.failure
        }
    }
}

struct CleaningUp: Workflow {
    static let name = "CleaningUp"
    func run(_ input: String, in workflow: WorkflowContext) async throws -> String {
        do {
            return try await workflow.execute(ScriptedActivity.self, input)
        } catch is CancellationError {
            try await workflow.shielded {
                _ = try await workflow.execute(ScriptedActivity.self, "clean up")
                try await workflow.sleep(for: .milliseconds(1))
            }
            throw CancellationError()
        }
    }
}

/// Collects as many signals as it is told to.
struct Collecting: Workflow {
    static let name = "Collecting"
    func run(_ count: Int, in workflow: WorkflowContext) async throws -> [String] {
        var values: [String] = []
        try await workflow.report(step: "COLLECTING", progress: 1)
        for _ in 0..<count { values.append(try await workflow.signal(named: "item")) }
        return values
    }
}

struct Napping: Workflow {
    static let name = "Napping"
    func run(_ milliseconds: Int, in workflow: WorkflowContext) async throws -> Double {
        let before = workflow.now
        try await workflow.sleep(for: .milliseconds(milliseconds))
        return workflow.now.timeIntervalSince(before)
    }
}

struct Parent: Workflow {
    static let name = "Parent"
    func run(_ inputs: [String], in workflow: WorkflowContext) async throws -> [String] {
        try await inputs.concurrentMap(atMost: 10) { input in
            do { return try await workflow.executeChild(OneStep.self, input) } catch let error as ActivityError {
                return "\(error.activity) failed: \(error.kind)"
            }
        }
    }
}

struct LimitedStep: Workflow {
    static let name = "LimitedStep"
    func run(_ input: String, in workflow: WorkflowContext) async throws -> String {
        let options = ActivityOptions(
            retry: .quick(attempts: 5), startToClose: .milliseconds(40), heartbeat: .milliseconds(500))
        return try await workflow.execute(ScriptedActivity.self, input, options: options)
    }
}

struct Patched: Workflow {
    static let name = "Patched"
    func run(_ input: String, in workflow: WorkflowContext) async throws -> Bool {
        let first = workflow.patched("greet")
        _ = try await workflow.execute(ScriptedActivity.self, input)
        return first && workflow.patched("greet")
    }
}

struct ForeignSleep: Workflow {
    static let name = "ForeignSleep"
    func run(_ input: String, in workflow: WorkflowContext) async throws -> String {
        try await Task.sleep(for: .seconds(3600))
        return input
    }
}

struct Escaping: Workflow {
    static let name = "Escaping"
    func run(_ input: String, in workflow: WorkflowContext) async throws -> String {
        try await Task { try await workflow.execute(ScriptedActivity.self, input) }.value
    }
}

struct SameID: Workflow {
    static let name = "SameID"
    func run(_ input: String, in workflow: WorkflowContext) async throws -> String {
        _ = try await workflow.execute(ScriptedActivity.self, input, id: "same")
        return try await workflow.execute(ScriptedActivity.self, input, id: "same")
    }
}

/// An activity's failure whose every property the test chooses.
struct ScriptedFailure: ActivityFailure {
    var kind = "scripted"
    var isRetryable = true
    var message = "It was meant to fail."
}

struct UntypedError: Error { var secret = "/home/somebody" }
