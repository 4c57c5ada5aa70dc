import Concurrency
import Database
import FoundationEssentials
import Workflows

/// The activity of a run that says most about why the run is where it is.
struct ExplainedTask {
    private let run: ExplainedRun
    private let row: SQLRow
    private let state: TaskState
    private let others: Int

    /// What runs says more than what waits, and what needs somebody's hand most of all.
    private static let telling: [TaskState] = [.parked, .running, .backoff, .suspect, .queued, .paused]

    static func mostTelling(of run: ExplainedRun, on connection: any SQLConnection) throws -> ExplainedTask? {
        let rows = try connection.query(
            """
            SELECT t.activity_id, t.name, t.queue, t.priority, t.state, t.attempt, t.attempt_limit, t.lost,
                t.available_at, t.started_at, t.failure, s.label
            FROM activity_tasks t LEFT JOIN worker_sessions s ON s.id = t.session
            WHERE t.run = \(run.id) ORDER BY t.sequence LIMIT 200
            """)
        for state in telling {
            let found = try rows.filter { try $0.integer("state") == state.rawValue }
            guard let first = found.first else { continue }
            return ExplainedTask(run: run, row: first, state: state, others: found.count - 1)
        }
        return nil
    }

    func explanation(on connection: any SQLConnection) throws -> WorkflowExplanation {
        switch state {
        case .parked: try parked
        case .running: try running
        case .backoff: try retrying
        case .suspect:
            WorkflowExplanation(
                .suspect,
                "Its process ended \(try row.integer("lost").counted("time")) in \(try name); it is tried alone.")
        case .queued, .paused: try queued(on: connection)
        }
    }

    private var name: String { get throws { try row.text("name") } }

    private var failure: WorkflowFailure? {
        get throws { try row.optionalText("failure").map { try JSONText.decode($0) } }
    }

    private var parked: WorkflowExplanation {
        get throws {
            let count = try row.integer("lost").counted("time")
            return WorkflowExplanation(
                .parked,
                "Parked: the process ended \(count) in \(try name); release it with \(run.command("release")).")
        }
    }

    private var running: WorkflowExplanation {
        get throws {
            let place = try row.optionalText("label").map { " on \($0)" } ?? ""
            let length = try row.optionalInteger("started_at").map {
                " for " + Duration.microseconds(max(0, run.now - $0)).inWords
            }
            let more = others > 0 ? ", and \(others) more" : ""
            return WorkflowExplanation(
                .running, "Running: \(try name), attempt \(try row.integer("attempt")),\(length ?? "")\(place)\(more).")
        }
    }

    private var retrying: WorkflowExplanation {
        get throws {
            let attempt = try row.integer("attempt")
            // Of five attempts four are retries.
            let limit = try row.optionalInteger("attempt_limit").map { " of \($0 - 1)" } ?? ""
            let due = try row.optionalInteger("available_at") ?? run.now
            let wait = due > run.now ? "in " + Duration.microseconds(due - run.now).inWords : "now"
            let reason = try failure.map { " because: \($0.message.clause)" } ?? ""
            return WorkflowExplanation(
                .retrying, "Retry \(attempt)\(limit) of \(try name) \(wait)\(reason).", until: Date(microseconds: due))
        }
    }

    private func queued(on connection: any SQLConnection) throws -> WorkflowExplanation {
        let queue = try row.text("queue")
        let situation = try QueueSituation(queue, at: run.now, on: connection)
        if let reason = situation.obstacle { return reason }
        let place = try Place.of(
            activityOf: run.id, in: queue, priority: try row.integer("priority"), owner: run.owner, on: connection)
        if let (running, limit) = situation.fullness {
            return WorkflowExplanation(
                .queueFull, "Waiting for a slot of queue \(queue): \(running) of \(limit) are running; place \(place).")
        }
        return WorkflowExplanation(.queued, "Waiting for a slot of queue \(queue): place \(place).")
    }
}
