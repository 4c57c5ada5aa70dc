public import Database

/// The client side of durable execution: starts workflows, asks after them and sends them requests.
///
/// Methods with `in connection` are part of the caller's write transaction: they happen if it commits and never
/// otherwise. After the commit the caller calls ``wake()``; one that forgets costs a delay of one sweep, never a job.
public protocol WorkflowEngine: Sendable {
    /// Admits a workflow within the caller's transaction; one row. An id that is already taken changes nothing.
    /// - Throws: ``DatabaseError``; `EncodingError` when `input` has no JSON, ``PayloadTooLarge`` when it has too much.
    func start<W: Workflow>(
        _ type: W.Type, id: WorkflowID, input: W.Input, options: StartOptions, in connection: any SQLConnection
    ) throws -> StartOutcome

    /// Asks a workflow to stop; its running activities are cancelled, it may clean up and then ends as cancelled.
    func requestCancel(_ id: WorkflowID, reason: String, in connection: any SQLConnection) throws -> RequestOutcome

    /// Sends a value to whoever waits for a signal of that name in the workflow, now or later.
    func signal(
        _ id: WorkflowID, named name: String, payload: Payload, in connection: any SQLConnection
    ) throws -> RequestOutcome

    /// Lets a workflow go on that was parked, itself or an activity of it: because it killed its workers, or because its
    /// code no longer fitted.
    func release(_ id: WorkflowID, in connection: any SQLConnection) throws -> ReleaseOutcome

    /// Calls `body` in the transaction that ends a workflow, with what it has become; children are not told of.
    ///
    /// What `body` writes is there if, and only if, the workflow has ended. It must not fail: the end would not be written.
    /// - Parameter isWanted: Asked once in such a transaction, before anything is read for `body`.
    func whenClosed(
        if isWanted: @escaping @Sendable (any SQLConnection) throws -> Bool,
        _ body: @escaping @Sendable (WorkflowDescription, any SQLConnection) throws -> Void)

    /// Asks whether the engine can be reached; the answer takes two seconds at most.
    func reachability() async -> EngineReachability

    /// Refuses new work while the engine is known to be away; never waits.
    /// - Throws: ``EngineUnavailable``.
    func checkReachable() throws

    /// Lets workers look for work at once. Cheap, and never waits.
    func wake()

    /// Runs `body` in a write transaction of this engine's database and wakes the workers after its commit.
    func write<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Value
    ) async throws -> Value

    /// Where a workflow stands; nil when there is none of that id.
    func describe(_ id: WorkflowID) async throws -> WorkflowDescription?

    /// Waits for the end of a workflow.
    /// - Returns: The description at its end; nil when there is none of that id.
    /// - Throws: `CancellationError` when the caller is cancelled; the workflow goes on.
    func waitForClose(of id: WorkflowID) async throws -> WorkflowDescription?

    /// One page of workflows, newest first.
    func list(_ filter: WorkflowFilter) async throws -> WorkflowPage

    /// Yields once at the beginning and whenever the workflow's step, progress or status may have changed.
    ///
    /// Changes that come faster than they are read are one. Read ``describe(_:)`` after each, and stop when it is closed:
    /// the stream ends with the workflow, but one of a workflow that had ended before does not.
    func changes(of id: WorkflowID) -> AsyncStream<Void>
}

extension WorkflowEngine {
    /// Starts a workflow in a transaction of its own.
    @discardableResult
    public func start<W: Workflow>(
        _ type: W.Type, id: WorkflowID, input: W.Input, options: StartOptions = StartOptions()
    ) async throws -> StartOutcome {
        try await write { connection in try start(type, id: id, input: input, options: options, in: connection) }
    }

    /// Asks a workflow to stop, in a transaction of its own.
    @discardableResult
    public func requestCancel(_ id: WorkflowID, reason: String) async throws -> RequestOutcome {
        try await write { connection in try requestCancel(id, reason: reason, in: connection) }
    }

    /// Sends a signal in a transaction of its own.
    @discardableResult
    public func signal(
        _ id: WorkflowID, named name: String, _ value: some Encodable & Sendable
    ) async throws -> RequestOutcome {
        let payload = try Payload(encoding: value)
        return try await write { connection in try signal(id, named: name, payload: payload, in: connection) }
    }

    /// Releases what is parked, in a transaction of its own.
    @discardableResult
    public func release(_ id: WorkflowID) async throws -> ReleaseOutcome {
        try await write { connection in try release(id, in: connection) }
    }

    /// Waits for a workflow's output.
    /// - Throws: ``WorkflowFailure`` when it failed or timed out, `CancellationError` when it was cancelled,
    ///   ``UnknownWorkflow`` when there is none of that id.
    public func result<W: Workflow>(of type: W.Type, id: WorkflowID) async throws -> W.Output {
        guard let end = try await waitForClose(of: id) else { throw UnknownWorkflow(id: id) }
        switch end.status {
        case .completed: return try (end.result ?? .empty).decode()
        case .cancelled: throw CancellationError()
        case .failed, .timedOut, .running:
            throw end.failure ?? WorkflowFailure(kind: end.status.rawValue, message: "The workflow did not complete.")
        }
    }
}

/// No workflow has this id: it was never started, or its record is past its retention.
public struct UnknownWorkflow: Error, Equatable {
    /// The id asked for.
    public let id: WorkflowID
    /// Creates the error.
    public init(id: WorkflowID) { self.id = id }
}
