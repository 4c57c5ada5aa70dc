import Concurrency
public import Database
import FoundationEssentials
public import Workflows

extension SQLWorkflowEngine {
    /// Begins waiting attempts now, or reopens a failed run.
    public func retry(_ id: WorkflowID, from activity: String? = nil) async throws -> InterventionOutcome {
        let (now, hooks) = (clock.now.microseconds, reopeningHooks.withLock { $0 })
        do {
            // A waiting attempt may become due, which no worker knows.
            defer { wake(forBacklogOf: nil) }
            return try await write { connection in
                guard let run = try EndedRun.find(id, on: connection) else { return .notFound }
                guard run.isClosed else { return try Self.hurry(run, at: now, on: connection) }
                if let refusal = try run.refusal(on: connection) { return .refused(refusal) }
                let reopener = Reopener(now: now, hooks: hooks)
                let kept = try reopener.reopen(run, from: activity, on: connection)
                return .done("It goes on; \(kept) finished \(kept == 1 ? "step is" : "steps are") kept.")
            }
        } catch let refusal as ReopeningRefused {
            return .refused(refusal.reason)
        }
    }

    /// Calls `body` in the transaction that reopens a run.
    public func whenReopened(_ body: @escaping @Sendable (WorkflowDescription, any SQLConnection) throws -> Void) {
        reopeningHooks.withLock { $0.append(body) }
    }

    /// Lets a running job that waits for its next attempt, or for other code, go on at once.
    private static func hurry(
        _ run: EndedRun, at now: Int, on connection: any SQLConnection
    ) throws -> InterventionOutcome {
        switch run.state {
        case .paused: return .refused("It is paused; resume it.")
        case .parked:
            try connection.execute("UPDATE workflow_runs SET state = 0, lost = 0, problem = NULL WHERE id = \(run.id)")
            return .done("Its code is tried again now.")
        case .leaving: return .refused("It ended long ago, and its record is being removed.")
        case .ready, .held, .idle, .suspect, .closed: break
        }
        let count = try connection.execute(
            """
            UPDATE activity_tasks SET state = 0, available_at = NULL, scheduled_at = \(now)
            WHERE run = \(run.id) AND state = 1
            """)
        guard count > 0 else { return .refused("It has not failed, and nothing of it waits for a further attempt.") }
        return .done("\(count) waiting \(count == 1 ? "attempt begins" : "attempts begin") now.")
    }
}

/// A run as a retry finds it.
struct EndedRun {
    let id: Int
    let workflowID: WorkflowID
    let state: RunState
    let status: WorkflowStatus
    let failure: WorkflowFailure?
    let closedAt: Int?
    let timeLimit: Int?
    let reopened: Int
    let priority: Int
    let owner: String?
    let logContext: [String: String]
    private let parent: Int?

    var isClosed: Bool { state == .closed }

    static func find(_ id: WorkflowID, on connection: any SQLConnection) throws -> EndedRun? {
        let lock = connection.dialect == .sqlite ? "" : " FOR UPDATE"
        let row = try connection.first(
            """
            SELECT id, state, status, failure, closed_at, time_limit, reopened, priority, owner, log_context,
                parent
            FROM workflow_runs WHERE workflow_id = \(id.rawValue)\(unsafe: lock)
            """)
        return try row.map { try EndedRun(id, $0) }
    }

    private init(_ workflowID: WorkflowID, _ row: SQLRow) throws {
        self.workflowID = workflowID
        id = try row.integer("id")
        state = RunState(rawValue: try row.integer("state")) ?? .ready
        status = WorkflowStatus(rawValue: try row.text("status")) ?? .running
        failure = try row.optionalText("failure").map { try JSONText.decode($0) }
        closedAt = try row.optionalInteger("closed_at")
        timeLimit = try row.optionalInteger("time_limit")
        reopened = try row.integer("reopened")
        priority = try row.integer("priority")
        owner = try row.optionalText("owner")
        logContext = try row.optionalText("log_context").map { try JSONText.decode($0) } ?? [:]
        parent = try row.optionalInteger("parent")
    }

    /// Why this ended run is not reopened, in one sentence; nil when it can be.
    func refusal(on connection: any SQLConnection) throws -> String? {
        switch status {
        case .completed: return "It completed; there is nothing to retry."
        case .cancelled: return "It was cancelled; start a new one instead."
        case .failed, .timedOut, .running: break
        }
        guard let parent else { return nil }
        let row = try connection.first("SELECT workflow_id FROM workflow_runs WHERE id = \(parent)")
        return try row.map { "It is a child of \(try $0.text("workflow_id")); retry that one." }
    }
}
