import Concurrency
import Database
import FoundationEssentials
import Workflows

/// A run whose standing is to be explained.
struct ExplainedRun {
    let id: Int
    let job: WorkflowDescription
    let state: RunState
    let priority: Int
    let owner: String
    let lost: Int
    let wasHeld: Bool
    let awaitedSignals: [String]
    let now: Int

    init?(_ id: WorkflowID, at now: Int, on connection: any SQLConnection) throws {
        guard let job = try SQLWorkflowEngine.description(of: id, on: connection) else { return nil }
        let row = try connection.first(
            """
            SELECT id, state, priority, fairness_key, lost, was_held, awaited_signals FROM workflow_runs
            WHERE workflow_id = \(id.rawValue)
            """)
        guard let row else { return nil }
        self.id = try row.integer("id")
        self.job = job
        self.now = now
        state = RunState(rawValue: try row.integer("state")) ?? .ready
        priority = try row.integer("priority")
        owner = try row.text("fairness_key")
        lost = try row.integer("lost")
        wasHeld = try row.integer("was_held") == 1
        awaitedSignals = try row.optionalText("awaited_signals").map { try JSONText.decode($0) } ?? []
    }

    func explanation(on connection: any SQLConnection) throws -> WorkflowExplanation {
        if job.status.isClosed { return job.ending }
        if let pause = job.pause { return job.paused(pause, isHeld: state == .held) }
        if state == .parked { return parked }
        if let task = try ExplainedTask.mostTelling(of: self, on: connection) {
            return try task.explanation(on: connection)
        }
        if state == .ready || state == .suspect { return try waiting(on: connection) }
        return try idle(on: connection)
    }

    private var parked: WorkflowExplanation {
        let problem = job.problem?.clause ?? "its code cannot go on"
        return WorkflowExplanation(.parked, "Parked: \(problem); release it with \(command("release")).")
    }

    private func waiting(on connection: any SQLConnection) throws -> WorkflowExplanation {
        guard try !Workers.alive(at: now, on: connection).isEmpty else {
            return WorkflowExplanation(.noWorker, "No worker runs; start one with: atelier worker.")
        }
        if state == .suspect {
            return WorkflowExplanation(
                .suspect, "Its process ended \(lost.counted("time")) while it worked on this; it is tried alone.")
        }
        let place = try Place.of(runs: id, priority: priority, owner: owner, on: connection)
        let held = try connection.first("SELECT COUNT(*) AS held FROM workflow_runs WHERE state = 1")
        let count = try held?.integer("held") ?? 0
        return WorkflowExplanation(
            .waiting, "Waiting: place \(place) for a workflow slot; \(count) are in memory.")
    }

    /// Nothing of it is to be run: it waits for time, another workflow, or a word.
    private func idle(on connection: any SQLConnection) throws -> WorkflowExplanation {
        if let child = try openChild(on: connection) {
            return WorkflowExplanation(.waitingForChild, "Waits for its child \(child).")
        }
        let timer = try connection.first("SELECT MIN(due_at) AS due FROM workflow_timers WHERE run = \(id)")
        if awaitedSignals.isEmpty, let due = try timer?.date("due") {
            return WorkflowExplanation(.sleeping, "Sleeps until \(due.inWords).", until: due)
        }
        guard !awaitedSignals.isEmpty else { return WorkflowExplanation(.moving, "On its way to its next step.") }
        let names = awaitedSignals.joined(separator: ", ")
        let end = try timer?.date("due").map { ", or until \($0.inWords)" } ?? ""
        return WorkflowExplanation(
            .waitingForSignal, "Waits for the signal\(awaitedSignals.count == 1 ? "" : "s") \(names)\(end).")
    }

    private func openChild(on connection: any SQLConnection) throws -> String? {
        try connection.first(
            """
            SELECT c.workflow_id FROM workflow_history h JOIN workflow_runs c ON c.workflow_id = h.detail
            WHERE h.run = \(id) AND h.kind = 'startChild' AND c.parent = \(id) AND c.state <> 4 LIMIT 1
            """)?.text("workflow_id")
    }

    /// What an operator types about this job.
    func command(_ verb: String) -> String { job.command(verb) }
}
