import Database
import FoundationEssentials
import Workflows

/// A run that this session has just taken hold of.
struct ClaimedRun: Sendable {
    let id: Int
    let workflowID: WorkflowID
    let runID: RunID
    let workflow: String
    let input: Payload
    /// Whose job it is.
    let owner: String?
    let priority: Int
    let logContext: [String: String]
    let startedAt: Int
    /// When it is ended as timed out, if that has not been set going yet.
    let deadlineAt: Int?
    /// Whether somebody held it before: then it may have a history.
    let wasHeld: Bool
    /// How often its holder died, since it last got on.
    let lost: Int
    let parent: RunAdmission.Parent?

    /// Whose turn it uses.
    var fairnessKey: String { owner ?? "" }

    private init(_ row: SQLRow) throws {
        id = try row.integer("id")
        workflowID = WorkflowID(recorded: try row.text("workflow_id"))
        runID = RunID(rawValue: try row.text("run_id"))
        workflow = try row.text("workflow")
        input = Payload(bytes: try row.blob("input"))
        owner = try row.optionalText("owner")
        priority = try row.integer("priority")
        logContext = try row.optionalText("log_context").map { try JSONText.decode($0) } ?? [:]
        startedAt = try row.integer("started_at")
        deadlineAt = try row.optionalInteger("deadline_at")
        wasHeld = try row.integer("was_held") == 1
        lost = try row.integer("lost")
        if let run = try row.optionalInteger("parent"), let child = try row.optionalText("parent_child") {
            parent = RunAdmission.Parent(run: run, childID: child)
        } else {
            parent = nil
        }
    }

    private static let columns =
        """
        id, workflow_id, run_id, workflow, input, owner, priority, log_context, started_at, deadline_at, \
        was_held, lost, parent, parent_child
        """

    /// Takes up to `limit` runs that wait: the urgent first, then owners in turn, then the oldest of each.
    static func claim(
        _ limit: Int, for session: String, _ turns: inout TurnOrder, on connection: any SQLConnection
    ) throws -> [ClaimedRun] {
        let rows = try turns.take(limit, of: .runs, on: connection) { priority, owner, count in
            try oldest(count, of: owner.key, at: priority, on: connection)
        }
        return try take(rows, for: session, on: connection)
    }

    /// Takes runs that wait although memory is full, of owners who have less than their part of it.
    static func claimGuests(
        by shares: MemoryShares, for session: String, _ turns: TurnOrder, on connection: any SQLConnection
    ) throws -> [ClaimedRun] {
        guard let priority = try Backlog.runs.firstPriority(after: .min, on: connection) else { return [] }
        let place = turns[TurnOrder.Lane(backlog: .runs, priority: priority)]
        let owners = try Backlog.runs.owners(at: priority, from: place.owner, atMost: shares.limit, on: connection)
        let rows = try shares.guests(among: owners.map(\.key), at: priority).flatMap { owner, count in
            try oldest(count, of: owner, at: priority, on: connection)
        }
        return try take(rows, for: session, on: connection)
    }

    private static func oldest(
        _ count: Int, of owner: String, at priority: Int, on connection: any SQLConnection
    ) throws -> [SQLRow] {
        try connection.query(
            """
            SELECT \(unsafe: columns) FROM workflow_runs
            WHERE state = 0 AND priority = \(priority) AND fairness_key = \(owner) ORDER BY id
            LIMIT \(count)\(unsafe: connection.dialect.skippingLocked)
            """)
    }

    /// Takes one run whose holders died repeatedly.
    static func claimSuspect(for session: String, on connection: any SQLConnection) throws -> [ClaimedRun] {
        let rows = try connection.query(
            """
            SELECT \(unsafe: columns) FROM workflow_runs WHERE state = 5 ORDER BY id
            LIMIT 1\(unsafe: connection.dialect.skippingLocked)
            """)
        return try take(rows, for: session, on: connection)
    }

    private static func take(
        _ rows: [SQLRow], for session: String, on connection: any SQLConnection
    ) throws -> [ClaimedRun] {
        let runs = try rows.map { try ClaimedRun($0) }
        for run in runs {
            try connection.execute(
                "UPDATE workflow_runs SET state = 1, session = \(session), was_held = 1 WHERE id = \(run.id)")
        }
        return runs
    }
}

extension SQLDialect {
    /// The end of a SELECT that claims: rows that another process is claiming are passed over, not waited for.
    var skippingLocked: String { self == .sqlite ? "" : " FOR UPDATE SKIP LOCKED" }
}
