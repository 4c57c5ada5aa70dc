import Workflows

/// The workflow that is measured: nine steps that do nothing, one after the other.
struct NineSteps: Workflow {
    static let name = "BenchNineSteps"
    static let stepCount = 9

    func run(_ input: Int, in workflow: WorkflowContext) async throws -> Int {
        var value = input
        for _ in 0..<Self.stepCount { value = try await workflow.execute(NoOperation.self, value) }
        return value
    }
}

/// A step that returns what it was given.
struct NoOperation: Activity {
    static let name = "BenchNoOperation"
    static let options = ActivityOptions(retry: .localWork, startToClose: .seconds(30))

    func run(_ input: Int, in activity: ActivityContext) async throws -> Int { input }
}

/// One step that tells when it began.
struct PickedUp: Workflow {
    static let name = "BenchPickedUp"
    func run(_ input: Int, in workflow: WorkflowContext) async throws -> Int {
        try await workflow.execute(NoteStart.self, input)
    }
}

/// Tells `begun` which job has begun.
struct NoteStart: Activity {
    static let name = "BenchNoteStart"
    static let options = ActivityOptions(retry: .localWork, startToClose: .seconds(30))
    let begun: @Sendable (Int) -> Void

    func run(_ input: Int, in activity: ActivityContext) async throws -> Int {
        begun(input)
        return input
    }
}

/// Waits for a signal that nobody sends.
struct Waiting: Workflow {
    static let name = "BenchWaiting"
    func run(_ input: Int, in workflow: WorkflowContext) async throws -> Int {
        try await workflow.signal(named: "go")
    }
}
