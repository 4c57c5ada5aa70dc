public import Concurrency
public import Database
public import FoundationEssentials
public import Workflows

/// Durable execution in a database of ours: the client side.
///
/// ``WorkflowWorker`` does the work.
public final class SQLWorkflowEngine: WorkflowSupervisor {
    let database: any Database
    let clock: any WallClock
    let makeID: @Sendable () -> String
    let bulletin = Bulletin()
    let herald: Herald
    /// Who is told when a run ends.
    let closingHooks = Locked<[ClosingHook]>([])
    /// What else goes on when a run is reopened.
    let reopeningHooks = Locked<[@Sendable (WorkflowDescription, any SQLConnection) throws -> Void]>([])

    /// Uses the tables of ``Database/Migration/workflows``, which must be there.
    /// - Parameter makeID: Names runs and sessions; no two of its names may ever be the same.
    public init(
        database: any Database, clock: any WallClock = SystemClock(),
        makeID: @escaping @Sendable () -> String = { UUID().uuidString.lowercased() }
    ) {
        self.database = database
        self.clock = clock
        self.makeID = makeID
        herald = Herald(database, clock, origin: makeID())
    }

    /// Admits a workflow with one row.
    public func start<W: Workflow>(
        _ type: W.Type, id: WorkflowID, input: W.Input, options: StartOptions, in connection: any SQLConnection
    ) throws -> StartOutcome {
        let row = RunAdmission(
            workflowID: id, runID: RunID(rawValue: makeID()), workflow: W.name, input: try Payload(encoding: input),
            options: options,
            startedAt: clock.now.microseconds)
        return try row.insert(on: connection) ? .started : .alreadyExists
    }

    /// Leaves the request in the run's inbox; a second one changes nothing.
    public func requestCancel(
        _ id: WorkflowID, reason: String, in connection: any SQLConnection
    ) throws -> RequestOutcome {
        try request(id, in: connection) { run in
            let pending = try connection.first(
                "SELECT id FROM workflow_inbox WHERE run = \(run) AND kind = 'cancelRequested'")
            if pending == nil { try Inbox.post(.cancelRequested(reason: reason), to: run, on: connection) }
        }
    }

    /// Leaves the signal in the run's inbox.
    /// - Throws: ``Workflows/PayloadTooLarge``.
    public func signal(
        _ id: WorkflowID, named name: String, payload: Payload, in connection: any SQLConnection
    ) throws -> RequestOutcome {
        try payload.check()
        return try request(id, in: connection) { run in
            try Inbox.post(.signalled(name: name, payload: payload), to: run, on: connection)
        }
    }

    /// Forgets how often processes died in the run and its activities, and lets them be claimed again.
    public func release(_ id: WorkflowID, in connection: any SQLConnection) throws -> ReleaseOutcome {
        guard let row = try connection.first("SELECT id FROM workflow_runs WHERE workflow_id = \(id.rawValue)")
        else { return .notFound }
        let run = try row.integer("id")
        let runs = try connection.execute(
            """
            UPDATE workflow_runs SET state = \(readyUnlessPaused: ()), lost = 0, problem = NULL
            WHERE id = \(run) AND state = 3
            """)
        let activities = try connection.execute(
            "UPDATE activity_tasks SET state = \(waiting: .queued), lost = 0 WHERE run = \(run) AND state = 4")
        bulletin.noteBacklog()
        return runs + activities > 0 ? .released : .notParked
    }

    /// Wakes the workers of this process, and those of others where the database carries words.
    public func wake() {
        let hasBacklog = bulletin.wakeWorkers()
        herald.tell(.work, [hasBacklog ? Herald.anyQueue : Herald.newWork])
    }

    /// Wakes workers because activities may start that none of them put into its queue.
    /// - Parameter queues: Which queues; nil for any.
    func wake(forBacklogOf queues: Set<TaskQueue>?) {
        bulletin.wakeWorkers(forBacklogOf: queues)
        herald.tell(.work, queues?.map(\.rawValue) ?? [Herald.anyQueue])
    }

    /// Tells those who watch a workflow, here and elsewhere, that it moved.
    func announce(_ id: WorkflowID, isClosed: Bool) {
        bulletin.watchers.announce(id, isClosed: isClosed)
        herald.tell(.changes, [id.rawValue])
    }

    /// Runs `body` in a write transaction and wakes the workers after its commit.
    public func write<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Value
    ) async throws -> Value {
        let value = try await database.write(body)
        wake()
        return value
    }

    /// Wake-ups when the workflow moves in this process.
    public func changes(of id: WorkflowID) -> AsyncStream<Void> { bulletin.watchers.changes(of: id) }

    /// Waits for the end; a process that does not run the workflow looks every second.
    public func waitForClose(of id: WorkflowID) async throws -> WorkflowDescription? {
        try await withThrowingTaskGroup(of: WorkflowDescription?.self) { group in
            defer { group.cancelAll() }
            group.addTask { [self] in
                for await _ in changes(of: id) {
                    guard let description = try await glance(at: id) else { return nil }
                    if description.status.isClosed { return description }
                }
                try Task.checkCancellation()
                return try await describe(id)
            }
            group.addTask { [self] in
                while true {
                    try await clock.sleep(for: .seconds(1))
                    guard let description = try await glance(at: id) else { return nil }
                    if description.status.isClosed { return description }
                }
            }
            return try await group.next() ?? nil
        }
    }

    /// The run without what it waits for.
    private func glance(at id: WorkflowID) async throws -> WorkflowDescription? {
        try await database.read { connection in
            try Self.description(of: id, withPending: false, on: connection)
        }
    }

    private func request(
        _ id: WorkflowID, in connection: any SQLConnection, _ post: (_ run: Int) throws -> Void
    ) throws -> RequestOutcome {
        let lock = connection.dialect.forUpdate
        let row = try connection.first(
            "SELECT id, state FROM workflow_runs WHERE workflow_id = \(id.rawValue)\(unsafe: lock)")
        guard let row else { return .notFound }
        let isClosed = [RunState.closed, .leaving].map(\.rawValue).contains(try row.integer("state"))
        guard !isClosed else { return .alreadyClosed }
        try post(try row.integer("id"))
        return .accepted
    }
}
