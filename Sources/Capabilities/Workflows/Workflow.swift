/// A durable function: it decides, activities do.
///
/// `run` touches the world only through its context: no clock, random number, file or network of its own. It may be run
/// again from its start at any time, on any machine, over the recorded history, and takes the same path then.
public protocol Workflow: Sendable {
    /// What it is started with; recorded as JSON, so references to data, never the data.
    associatedtype Input: Codable & Sendable
    /// What it ends with.
    associatedtype Output: Codable & Sendable

    /// Its stable name in histories: `ProcessCampaign`.
    static var name: String { get }

    /// Creates it; a workflow carries no state of its own.
    init()

    /// The steps.
    /// - Throws: What makes the whole workflow fail; `CancellationError` when it was cancelled.
    func run(_ input: Input, in workflow: WorkflowContext) async throws -> Output
}

/// One effect on the world, retried until it succeeds or its policy is used up.
///
/// It may run more than once: its effect is keyed by ``ActivityContext/idempotencyKey``, never by business values.
public protocol Activity: Sendable {
    /// What it is given; recorded as JSON.
    associatedtype Input: Codable & Sendable
    /// What it returns; recorded as JSON.
    associatedtype Output: Codable & Sendable

    /// Its stable name in histories: `FetchSource`.
    static var name: String { get }
    /// Where it runs and how often it is tried; said once here, not in every call.
    static var options: ActivityOptions { get }

    /// Does it.
    /// - Throws: Anything; an error that conforms to ``ActivityFailure`` says whether trying again helps.
    func run(_ input: Input, in activity: ActivityContext) async throws -> Output
}
