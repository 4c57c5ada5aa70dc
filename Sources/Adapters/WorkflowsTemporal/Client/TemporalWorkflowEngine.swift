public import Concurrency
public import Database
import FoundationEssentials
import GRPCClient
public import Workflows

/// Durable execution on a Temporal cluster: the client side.
///
/// What a transaction decides (a start, a signal, a cancellation) is written beside the studio's own rows and told to
/// the server by ``TemporalDispatcher``, as often as it takes: what is acknowledged is on disk here before the server
/// hears of it, and the server takes each request once.
public final class TemporalWorkflowEngine: WorkflowSupervisor {
    let cluster: TemporalCluster
    let database: any Database
    let clock: any WallClock
    let bulletin = TemporalBulletin()
    /// Workers of this process, to be told of changed rules of task queues.
    let queueBulletin = TemporalBulletin()
    /// Who is told when a workflow ends.
    let closingHooks = Locked<[ClosingHook]>([])
    /// Who is told when an ended workflow is made to go on.
    let reopeningHooks = Locked<[@Sendable (WorkflowDescription, any SQLConnection) throws -> Void]>([])
    /// What the last look at the server found.
    let lastSeen = Locked(EngineReachability.connected)

    /// Uses the tables of ``Database/Migration/temporal``, which must be there.
    public init(cluster: TemporalCluster, database: any Database, clock: any WallClock = SystemClock()) {
        self.cluster = cluster
        self.database = database
        self.clock = clock
    }

    /// Admits a workflow: its row, and the request that starts it.
    public func start<W: Workflow>(
        _ type: W.Type, id: WorkflowID, input: W.Input, options: StartOptions, in connection: any SQLConnection
    ) throws -> StartOutcome {
        let isNew = try WorkflowRows.insert(
            id, workflow: W.name, options: options, at: clock.now.microseconds, on: connection)
        guard isNew else { return .alreadyExists }
        let request = try startRequest(W.name, id, try Payload(encoding: input), options)
        try Outbox.post(.start, request.protoBytes, to: id, on: connection)
        return .started
    }

    /// Leaves the request for the dispatcher.
    public func requestCancel(
        _ id: WorkflowID, reason: String, in connection: any SQLConnection
    ) throws -> RequestOutcome {
        let outcome = try WorkflowRows.outcome(of: id, on: connection)
        guard outcome == .accepted else { return outcome }
        var request = WireRequestCancel(namespace: cluster.namespace, execution: execution(id))
        request.identity = cluster.identity
        request.requestID = UUID().uuidString
        request.reason = reason
        try Outbox.post(.cancel, request.protoBytes, to: id, on: connection)
        return .accepted
    }

    /// Leaves the signal for the dispatcher.
    public func signal(
        _ id: WorkflowID, named name: String, payload: Payload, in connection: any SQLConnection
    ) throws -> RequestOutcome {
        let outcome = try WorkflowRows.outcome(of: id, on: connection)
        guard outcome == .accepted else { return outcome }
        var request = WireSignal(namespace: cluster.namespace, execution: execution(id), name: name)
        request.input = WirePayloads(payload)
        request.identity = cluster.identity
        request.requestID = UUID().uuidString
        try Outbox.post(.signal, request.protoBytes, to: id, on: connection)
        return .accepted
    }

    /// Nothing is ever parked here: the server tries again by itself what a worker could not do.
    public func release(_ id: WorkflowID, in connection: any SQLConnection) throws -> ReleaseOutcome {
        switch try WorkflowRows.outcome(of: id, on: connection) {
        case .accepted, .alreadyClosed: .notParked
        case .notFound: .notFound
        }
    }

    /// Lets the dispatcher of this process look at once.
    public func wake() { bulletin.wakeDispatchers() }

    /// Runs `body` in a write transaction and wakes the dispatcher after its commit.
    public func write<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Value
    ) async throws -> Value {
        let value = try await database.write(body)
        wake()
        return value
    }

    func execution(_ id: WorkflowID) -> WireExecution { WireExecution(workflowID: id.rawValue) }

    private func startRequest(
        _ workflow: String, _ id: WorkflowID, _ input: Payload, _ options: StartOptions
    ) throws -> WireStart {
        var request = WireStart(namespace: cluster.namespace, workflowID: id.rawValue)
        request.type = WireType(name: workflow)
        request.taskQueue = WireTaskQueue(name: cluster.workflowQueue, kind: WireTaskQueue.Kind.normal)
        request.input = WirePayloads(input)
        request.executionTimeout = options.workflowTimeout
        request.identity = cluster.identity
        request.requestID = UUID().uuidString
        request.reusePolicy = WireStart.ReusePolicy.rejectDuplicate
        request.conflictPolicy = WireStart.ConflictPolicy.useExisting
        var memo = options.memo
        if let owner = options.owner { memo["owner"] = owner }
        request.memo = WireFields(try memo.mapValues { try WirePayload(json: $0) })
        if !options.logContext.isEmpty {
            let context = try WirePayload(json: options.logContext)
            request.header = WireFields([HistoryTranslator.logContextField: context])
        }
        request.priority = WirePriority(key: options.priority, fairnessKey: String((options.owner ?? "").prefix(64)))
        return request
    }
}
