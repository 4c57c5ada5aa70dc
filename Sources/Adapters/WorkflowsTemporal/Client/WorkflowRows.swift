import Concurrency
import Database
import FoundationEssentials
import Workflows

/// The table `temporal_workflows`: what was admitted here.
enum WorkflowRows {
    /// - Returns: False when the id is already taken; nothing was changed then.
    static func insert(
        _ id: WorkflowID, workflow: String, options: StartOptions, at now: Int, on connection: any SQLConnection
    ) throws -> Bool {
        let memo = try JSONText.encode(options.memo)
        return try connection.insert(
            """
            INSERT INTO temporal_workflows (workflow_id, workflow, owner, memo, status, started_at)
            VALUES (\(id.rawValue), \(workflow), \(options.owner), \(memo), 'running', \(now))
            """, unlessKnown: "workflow_id")
    }

    /// What a request to a workflow would meet.
    static func outcome(of id: WorkflowID, on connection: any SQLConnection) throws -> RequestOutcome {
        guard
            let row = try connection.first("SELECT status FROM temporal_workflows WHERE workflow_id = \(id.rawValue)")
        else { return .notFound }
        return try row.text("status") == WorkflowStatus.running.rawValue ? .accepted : .alreadyClosed
    }

    /// How a workflow ended.
    struct Ending: Sendable {
        var status: WorkflowStatus
        var result: Payload?
        var failure: WorkflowFailure?
        var closedAt: Date
        var progress: WorkflowProgress?
        /// The run that ended so, where that is known.
        var runID: String?
    }

    /// Notes an end; a second note changes nothing, nor does a late one of a run that was reopened.
    /// - Returns: Whether it was not known before.
    static func close(_ id: String, _ ending: Ending, on connection: any SQLConnection) throws -> Bool {
        let failure = try ending.failure.map { try JSONText.encode($0) }
        let percent = ending.status == .completed ? 100 : ending.progress?.progress
        return try connection.execute(
            """
            UPDATE temporal_workflows SET status = \(ending.status.rawValue), result = \(ending.result?.bytes),
                failure = \(failure), closed_at = \(ending.closedAt.microseconds),
                step = COALESCE(\(ending.progress?.step), step), progress = COALESCE(\(percent), progress)
            WHERE workflow_id = \(id) AND status = 'running'
                AND (reopened_run IS NULL OR reopened_run <> \(ending.runID ?? ""))
            """) == 1
    }

    /// A row, and whether the server has been told to start it.
    struct Found: Sendable {
        let description: WorkflowDescription
        let isDispatched: Bool
    }

    static func find(_ id: WorkflowID, on connection: any SQLConnection) throws -> Found? {
        let row = try connection.first(
            "SELECT \(unsafe: columns) FROM temporal_workflows WHERE workflow_id = \(id.rawValue)")
        return try row.map { row in
            Found(description: try description(of: row), isDispatched: try row.integer("is_dispatched") == 1)
        }
    }

    static let columns =
        """
        id, workflow_id, workflow, owner, memo, status, step, progress, result, failure, is_dispatched, started_at, \
        closed_at, reopenings
        """

    static func description(of row: SQLRow) throws -> WorkflowDescription {
        let result: Payload? = if case .null = row["result"] { nil } else { Payload(bytes: try row.blob("result")) }
        return WorkflowDescription(
            id: WorkflowID(recorded: try row.text("workflow_id")), runID: RunID(rawValue: ""),
            workflow: try row.text("workflow"), status: WorkflowStatus(rawValue: try row.text("status")) ?? .running,
            step: try row.optionalText("step") ?? "", progress: try row.integer("progress"), result: result,
            failure: try row.optionalText("failure").map { try JSONText.decode($0) }, problem: nil,
            owner: try row.optionalText("owner"),
            memo: try row.optionalText("memo").map { try JSONText.decode($0) } ?? [:],
            startedAt: Date(microseconds: try row.integer("started_at")),
            closedAt: try row.optionalInteger("closed_at").map { Date(microseconds: $0) },
            reopenings: try row.integer("reopenings"))
    }
}
