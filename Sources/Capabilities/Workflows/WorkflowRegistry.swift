/// Every workflow and activity that this process can run, by name.
public struct WorkflowRegistry: Sendable {
    /// The workflows.
    public private(set) var workflows: [String: RegisteredWorkflow] = [:]
    /// The activities.
    public private(set) var activities: [String: RegisteredActivity] = [:]

    /// Creates an empty registry.
    public init() {}

    /// Adds a workflow.
    ///
    /// Two of one name are a fault of ours and stop the program.
    public mutating func register<W: Workflow>(_ type: W.Type) {
        precondition(workflows[W.name] == nil, "a workflow named \(W.name) is already registered")
        workflows[W.name] = RegisteredWorkflow(type)
    }

    /// Adds an activity with what it needs to do its work.
    ///
    /// Two of one name are a fault of ours and stop the program.
    public mutating func register<A: Activity>(_ activity: A) {
        precondition(activities[A.name] == nil, "an activity named \(A.name) is already registered")
        activities[A.name] = RegisteredActivity(activity)
    }
}

/// A workflow without its types.
public struct RegisteredWorkflow: Sendable {
    /// Its name in histories.
    public let name: String
    let run: @Sendable (Payload, WorkflowContext) async throws -> Payload

    /// Forgets the types of `type`.
    public init<W: Workflow>(_ type: W.Type) {
        name = W.name
        run = { input, context in
            try Payload(encoding: try await W().run(try RegisteredActivity.decode(input), in: context))
        }
    }
}

/// An activity without its types.
public struct RegisteredActivity: Sendable {
    /// Its name in histories.
    public let name: String
    /// Its own options.
    public let options: ActivityOptions
    /// Decodes the input, does it, encodes the output.
    public let run: @Sendable (Payload, ActivityContext) async throws -> Payload

    /// Forgets the types of `activity`.
    public init<A: Activity>(_ activity: A) {
        name = A.name
        options = A.options
        run = { input, context in
            let output: A.Output
            do { output = try await activity.run(try Self.decode(input), in: context) } catch {
                try context.checkDetails()
                throw error
            }
            try context.checkDetails()
            return try Payload(encoding: output)
        }
    }

    static func decode<Value: Decodable>(_ input: Payload) throws -> Value {
        do { return try input.decode() } catch { throw UndecodableInput(cause: String(describing: error)) }
    }
}

/// A recorded input that the code of today cannot read.
///
/// Trying again does not help.
struct UndecodableInput: ActivityFailure {
    let cause: String
    var kind: String { WorkflowFailure.Kind.undecodableInput }
    var isRetryable: Bool { false }
    var message: String { "The recorded input is not what this version expects." }
}
