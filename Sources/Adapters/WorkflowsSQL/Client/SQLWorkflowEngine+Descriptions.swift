import Concurrency
import Database
import FoundationEssentials
public import Workflows

extension SQLWorkflowEngine {
    /// Reads the run and what it waits for, of one moment.
    public func describe(_ id: WorkflowID) async throws -> WorkflowDescription? {
        try await database.read { connection in try Self.description(of: id, on: connection) }
    }

    static func description(
        of id: WorkflowID, withPending: Bool = true, on connection: any SQLConnection
    ) throws -> WorkflowDescription? {
        let row = try connection.first(
            "SELECT \(unsafe: columns) FROM workflow_runs WHERE workflow_id = \(id.rawValue)")
        guard let row else { return nil }
        var description = try description(of: row)
        if withPending, !description.status.isClosed {
            description.pendingActivities = try pending(of: try row.integer("id"), on: connection)
        }
        return description
    }

    /// Pages by the order of admission, newest first.
    public func list(_ filter: WorkflowFilter) async throws -> WorkflowPage {
        try await database.read { connection in
            let rows = try connection.query(
                """
                SELECT \(unsafe: Self.columns) FROM workflow_runs
                WHERE \(matching: filter)\(servedBy: filter.queue) ORDER BY id DESC LIMIT \(filter.limit + 1)
                """)
            let shown = rows.prefix(filter.limit)
            let next = rows.count > filter.limit ? try shown.last.map { String(try $0.integer("id")) } : nil
            return WorkflowPage(workflows: try shown.map(Self.description), next: next)
        }
    }

    static let columns =
        """
        id, workflow_id, run_id, workflow, owner, memo, status, step, progress, result, failure, problem, started_at, \
        closed_at, reopened, paused_at, paused_by, pause_reason
        """

    static func description(of row: SQLRow) throws -> WorkflowDescription {
        let result: Payload? = if case .null = row["result"] { nil } else { Payload(bytes: try row.blob("result")) }
        return WorkflowDescription(
            id: WorkflowID(recorded: try row.text("workflow_id")), runID: RunID(rawValue: try row.text("run_id")),
            workflow: try row.text("workflow"),
            status: WorkflowStatus(rawValue: try row.text("status")) ?? .running,
            step: try row.optionalText("step") ?? "", progress: try row.integer("progress"),
            result: result, failure: try row.optionalText("failure").map { try JSONText.decode($0) },
            problem: try row.optionalText("problem"), owner: try row.optionalText("owner"),
            memo: try row.optionalText("memo").map { try JSONText.decode($0) } ?? [:],
            startedAt: Date(microseconds: try row.integer("started_at")),
            closedAt: try row.date("closed_at"), reopenings: try row.integer("reopened"), pause: try pause(of: row))
    }

    private static func pause(of row: SQLRow) throws -> WorkflowPause? {
        guard try row.text("status") == WorkflowStatus.running.rawValue, let since = try row.date("paused_at") else {
            return nil
        }
        return WorkflowPause(
            since: since, by: try row.optionalText("paused_by"), reason: try row.optionalText("pause_reason"))
    }

    private static func pending(of run: Int, on connection: any SQLConnection) throws -> [PendingActivity] {
        let rows = try connection.query(
            """
            SELECT activity_id, name, queue, state, attempt, available_at, cancel_requested, failure
            FROM activity_tasks WHERE run = \(run) ORDER BY sequence LIMIT 200
            """)
        return try rows.map { row in
            let state = TaskState(rawValue: try row.integer("state")) ?? .queued
            let isCancelling = try row.integer("cancel_requested") == 1
            return PendingActivity(
                id: try row.text("activity_id"), activity: try row.text("name"),
                taskQueue: TaskQueue(rawValue: try row.text("queue")),
                state: isCancelling ? .cancelling : shown(state), attempt: try row.integer("attempt"),
                nextAttemptAt: state == .backoff
                    ? try row.optionalInteger("available_at").map { Date(microseconds: $0) } : nil,
                lastFailure: try row.optionalText("failure").map { try JSONText.decode($0) })
        }
    }

    private static func shown(_ state: TaskState) -> PendingActivity.State {
        switch state {
        case .queued, .suspect, .paused: .queued
        case .parked: .parked
        case .backoff: .backoff
        case .running: .running
        }
    }
}

extension SQL.StringInterpolation {
    /// A further condition: an activity of the run waits or runs in `queue`, if one is given.
    fileprivate mutating func appendInterpolation(servedBy queue: TaskQueue?) {
        guard let queue else { return }
        appendInterpolation(
            """
             AND EXISTS (SELECT 1 FROM activity_tasks q WHERE q.run = workflow_runs.id AND q.queue = \(queue.rawValue))
            """ as SQL)
    }
}
