import Concurrency
public import FoundationEssentials

/// A workflow's only door to the world.
///
/// Its calls are the only places where a workflow function may wait.
public struct WorkflowContext: Sendable {
    @TaskLocal static var isShielded = false
    let decider: Decider

    /// The id of the job this serves.
    public var workflowID: WorkflowID { decider.workflowID }
    /// This execution.
    public var runID: RunID { decider.runID }
    /// The time of the last event in the history: the same in every replay.
    public var now: Date { decider.now }

    /// Runs an activity until it succeeds or its retry policy is used up.
    /// - Parameters:
    ///   - id: Its id within the run; nil for the activity's name and how often it was asked for, `FetchSource-1`.
    ///   - options: Instead of the activity's own.
    /// - Throws: ``ActivityError`` when it failed for good; `CancellationError` when it, or the workflow, was cancelled.
    public func execute<A: Activity>(
        _ activity: A.Type, _ input: A.Input, id: String? = nil, options: ActivityOptions? = nil
    ) async throws -> A.Output {
        try decider.enter()
        let id = id ?? decider.operations.makeID(A.name)
        let command = ActivityCommand(
            id: id, name: A.name, input: try Payload(encoding: input), options: options ?? A.options,
            overridesOptions: options != nil)
        return try await decider.perform(.scheduleActivity(command), as: .activity(id)).decode()
    }

    /// Runs an activity for each input, up to 100 at a time, and returns the outputs in the order of the inputs.
    ///
    /// The first failure cancels the rest, waits for their end and is thrown.
    public func executeAll<A: Activity>(_ activity: A.Type, _ inputs: [A.Input]) async throws -> [A.Output] {
        // Wider fan-outs gain nothing and make every commit large.
        try await inputs.concurrentMap(atMost: 100) { input in try await execute(activity, input) }
    }

    /// Says what clients see of the progress.
    ///
    /// It becomes visible with the next commit of the run.
    /// - Parameters:
    ///   - step: A stable word: `GENERATING_MASK`.
    ///   - progress: Percent, 0 to 100.
    public func report(step: String, progress: Int) async throws {
        try decider.enter()
        decider.note(WorkflowProgress(step: step, progress: progress))
    }

    /// Waits for `duration`, also over restarts of every process.
    /// - Throws: `CancellationError` as soon as the surrounding scope is cancelled.
    public func sleep(for duration: Duration, id: String? = nil) async throws {
        try decider.enter()
        let id = id ?? decider.operations.makeID("timer")
        _ = try await decider.perform(.startTimer(id: id, duration: duration), as: .timer(id))
    }

    /// Waits for the next signal of that name; signals wait, in order, for whoever asks for them.
    /// - Throws: `DecodingError` when the sender sent another type.
    public func signal<Value: Decodable>(named name: String, as type: Value.Type = Value.self) async throws -> Value {
        try decider.enter()
        return try await decider.waitForSignal(name).decode()
    }

    /// Runs another workflow as part of this one and waits for its output.
    /// - Parameter id: The id it runs under; nil for this workflow's id, the child's name and its ordinal.
    /// - Throws: ``ActivityError`` when it failed, with the child's failure; `CancellationError` when it was cancelled.
    public func executeChild<W: Workflow>(
        _ type: W.Type, _ input: W.Input, id: WorkflowID? = nil
    ) async throws -> W.Output {
        try decider.enter()
        let name = decider.operations.makeID(W.name)
        let child = ChildCommand(
            id: name, name: W.name, workflowID: try id ?? WorkflowID("\(workflowID):\(name)"),
            input: try Payload(encoding: input))
        return try await decider.perform(.startChild(child), as: .child(name)).decode()
    }

    /// Whether this run takes the new path of a change to workflow code.
    ///
    /// False only for a run whose history went the old way at this place; the answer is recorded. Once no such run is
    /// left, the old path and this call can go.
    public func patched(_ id: String) -> Bool {
        guard decider.queue.isCurrent else {
            decider.queue.noteEscape()
            return true
        }
        return decider.isPatched(id)
    }

    /// Lets `body` call the context although the workflow was cancelled: for cleaning up.
    ///
    /// What `body` asks for is not cancelled either. `Task.isCancelled` still tells the truth inside.
    public func shielded<Result>(
        isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Result
    ) async rethrows -> Result {
        try await Self.$isShielded.withValue(true, operation: body)
    }
}

/// What a client sees of a running workflow.
public struct WorkflowProgress: Codable, Sendable, Equatable {
    /// A stable word: `GENERATING_MASK`.
    public var step: String
    /// Percent, 0 to 100.
    public var progress: Int

    /// Creates a value; `progress` is brought into its range.
    public init(step: String, progress: Int) {
        self.step = step
        self.progress = min(max(progress, 0), 100)
    }
}
