import Concurrency
import Database
import FoundationEssentials
import GRPCClient
public import Workflows

extension TemporalWorkflowEngine {
    /// Asks the server where an open workflow stands; one that has ended is told from its row.
    /// - Throws: ``Database/DatabaseError`` or, while the server is away, ``GRPCClient/GRPCError``.
    public func describe(_ id: WorkflowID) async throws -> WorkflowDescription? {
        let known = try await database.read { try WorkflowRows.find(id, on: $0) }
        guard let known else { return try await unadmitted(id) }
        guard known.isDispatched, !known.description.status.isClosed else { return known.description }
        do {
            let wire = try await cluster.call(
                "DescribeWorkflowExecution", WireDescribe(namespace: cluster.namespace, execution: execution(id)),
                as: WireDescription.self)
            return try await merge(wire, into: known.description)
        } catch let error as GRPCError where error.code == .notFound {
            // Past the server's own retention without our having seen its end.
            return known.description
        }
    }

    /// A child, or what another program started: only the server knows it.
    private func unadmitted(_ id: WorkflowID) async throws -> WorkflowDescription? {
        do {
            let wire = try await cluster.call(
                "DescribeWorkflowExecution", WireDescribe(namespace: cluster.namespace, execution: execution(id)),
                as: WireDescription.self)
            let blank = WorkflowDescription(
                id: id, runID: RunID(rawValue: ""), workflow: wire.info?.type?.name ?? "", status: .running, step: "",
                progress: 0, result: nil, failure: nil, problem: nil, owner: nil, memo: [:],
                startedAt: wire.info?.startedAt ?? Date(timeIntervalSince1970: 0), closedAt: nil)
            return try await merge(wire, into: blank)
        } catch let error as GRPCError where error.code == .notFound {
            return nil
        }
    }

    private func merge(
        _ wire: WireDescription, into known: WorkflowDescription
    ) async throws -> WorkflowDescription {
        var description = known
        description.runID = RunID(rawValue: wire.info?.execution?.runID ?? "")
        let reported: WorkflowProgress? = wire.info?.memo?.fields[HistoryTranslator.progressMemo]?.decoded()
        if let reported { (description.step, description.progress) = (reported.step, reported.progress) }
        let status = WireExecutionInfo.Status(rawValue: wire.info?.status ?? 0)
        guard status == .running || status == .paused || status == nil else {
            return try await close(description, reported)
        }
        description.pendingActivities = wire.pendingActivities.map { PendingActivity($0, cluster) }
        if status == .paused { description.pause = WorkflowPause(wire.extended?.pause, cluster) }
        if let task = wire.pendingTask, task.attempt > 1 {
            description.problem = try await problem(of: known.id)
        }
        return description
    }

    /// Fills in how it ended, and keeps that for the next time.
    private func close(
        _ known: WorkflowDescription, _ progress: WorkflowProgress?
    ) async throws -> WorkflowDescription {
        var description = known
        let run = WireExecution(workflowID: known.id.rawValue, runID: known.runID.rawValue)
        guard let event = try await cluster.closeEvent(of: run, waits: false),
            var ending = WorkflowRows.Ending(event)
        else { return description }
        ending.progress = progress
        ending.runID = known.runID.rawValue
        try await note(ending, of: known.id)
        description.status = ending.status
        description.result = ending.result
        description.failure = ending.failure
        description.closedAt = ending.closedAt
        if ending.status == .completed { description.progress = 100 }
        return description
    }

    /// Why the newest workflow task failed.
    private func problem(of id: WorkflowID) async throws -> String? {
        let events = try await cluster.history(of: execution(id))
        return events.last { $0.workflowTaskFailed != nil }?.workflowTaskFailed?.failure?.message
    }

    /// Pages by the order of admission, newest first.
    public func list(_ filter: WorkflowFilter) async throws -> WorkflowPage {
        try await database.read { connection in
            let columns = WorkflowRows.columns
            let rows = try connection.query(
                """
                SELECT \(unsafe: columns) FROM temporal_workflows
                WHERE \(matching: filter) ORDER BY id DESC LIMIT \(filter.limit + 1)
                """)
            let shown = rows.prefix(filter.limit)
            let next = rows.count > filter.limit ? try shown.last.map { String(try $0.integer("id")) } : nil
            return WorkflowPage(workflows: try shown.map(WorkflowRows.description), next: next)
        }
    }
}

extension PendingActivity {
    fileprivate init(_ wire: WirePendingActivity, _ cluster: TemporalCluster) {
        let isWaiting = wire.nextAttemptAt.map { $0 > Date() } ?? false
        let state: State =
            switch WirePendingActivity.State(rawValue: wire.state) {
            case .started: .running
            case .cancelRequested: .cancelling
            case .scheduled, .paused, nil: isWaiting ? .backoff : .queued
            }
        // The server counts the attempt that is to come.
        let begun = state == .backoff || state == .queued ? max(0, wire.attempt - 1) : wire.attempt
        self.init(
            id: wire.activityID, activity: wire.type?.name ?? "",
            taskQueue: wire.options?.taskQueue.map { cluster.queue(named: $0.name) } ?? .default, state: state,
            attempt: begun, nextAttemptAt: state == .backoff ? wire.nextAttemptAt : nil,
            lastFailure: wire.lastFailure.map { WorkflowFailure($0, activity: wire.type?.name, attempts: wire.attempt) }
        )
    }
}
