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
        if job.status.isClosed { return ending }
        if let pause = job.pause { return paused(pause) }
        if state == .parked { return parked }
        if let task = try ExplainedTask.mostTelling(of: self, on: connection) {
            return try task.explanation(on: connection)
        }
        if state == .ready || state == .suspect { return try waiting(on: connection) }
        return try idle(on: connection)
    }

    private var ending: WorkflowExplanation {
        let length = job.closedAt.map { " in " + Duration.seconds($0.timeIntervalSince(job.startedAt)).inWords } ?? ""
        switch job.status {
        case .completed, .running: return WorkflowExplanation(.completed, "Completed\(length).")
        case .cancelled: return WorkflowExplanation(.cancelled, "Cancelled as was asked for\(length).")
        case .timedOut:
            return WorkflowExplanation(.timedOut, "Took longer than it may; retry it with \(command("retry")).")
        case .failed:
            let failure = job.failure
            let place = failure?.activity.map { " at \($0) after \(failure?.attempts.counted("attempt") ?? "")" } ?? ""
            let reason = failure?.message.clause ?? "no reason is on record"
            return WorkflowExplanation(.failed, "Failed\(place): \(reason); retry it with \(command("retry")).")
        }
    }

    private func paused(_ pause: WorkflowPause) -> WorkflowExplanation {
        let name = pause.by.map { " by \($0)" } ?? ""
        let reason = pause.reason.map { " because: \($0.clause)" } ?? ""
        let state = state == .held ? "Being paused" : "Paused"
        return WorkflowExplanation(
            .paused, "\(state)\(name) since \(pause.since.inWords)\(reason); resume it with \(command("resume")).")
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
    func command(_ verb: String) -> String { "atelier jobs \(verb) \(job.id)" }
}

extension Int {
    /// `1 attempt`, `3 attempts`.
    func counted(_ noun: String) -> String { self == 1 ? "1 \(noun)" : "\(self) \(noun)s" }
}

extension String {
    /// The sentence as a part of another: without its full stop.
    var clause: String { hasSuffix(".") ? String(dropLast()) : self }
}

extension Date {
    /// The moment in UTC for people: `2026-11-20 16:05:44 UTC`.
    var inWords: String {
        let (day, second) = Int(timeIntervalSince1970.rounded(.down)).quotientAndRemainder(dividingBy: 86_400)
        let (year, month, dayOfMonth) = Self.civil(fromDays: day)
        let time = [second / 3600, second / 60 % 60, second % 60].map(Self.twoDigits).joined(separator: ":")
        return "\(year)-\(Self.twoDigits(month))-\(Self.twoDigits(dayOfMonth)) \(time) UTC"
    }

    private static func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }

    /// The Gregorian date of a day counted from 1970-01-01.
    /// - SeeAlso: Howard Hinnant, *chrono-Compatible Low-Level Date Algorithms*, `civil_from_days`.
    private static func civil(fromDays days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}
