import Database
import FoundationEssentials
import Workflows

/// Everything the tables know about one run, in the order in which it happened.
struct TimelineRows {
    /// An entry of the history, kept or cut off.
    struct Entry {
        let time: Int
        let sequence: Int
        let record: RecordedEntry
        /// The reopening that cut it off; nil while it stands.
        let undoneBy: Int?
    }
    /// An attempt with the activity that it is one of.
    struct Attempt {
        let activityID: String
        let value: ActivityAttempt
    }
    private static let limit = 20_000

    private let run: SQLRow
    private let reopenings: [Reopening]
    private let history: [Entry]
    /// Attempts that did not complete, by their end.
    private let ended: [Attempt]
    private let open: [Attempt]

    init?(_ id: WorkflowID, on connection: any SQLConnection) throws {
        let row = try connection.first(
            """
            SELECT id, workflow, status, failure, started_at, closed_at FROM workflow_runs
            WHERE workflow_id = \(id.rawValue)
            """)
        guard let row else { return nil }
        run = row
        let id = try row.integer("id")
        reopenings = try Reopening.all(of: id, on: connection)
        history = try Self.history(of: id, hasArchive: !reopenings.isEmpty, on: connection)
        ended = try Self.endedAttempts(of: id, on: connection)
        open = try Self.openAttempts(of: id, on: connection)
    }

    /// Payloads are left out: a timeline never shows what a job is about.
    private static func history(of run: Int, hasArchive: Bool, on connection: any SQLConnection) throws -> [Entry] {
        var rows = try connection.query(
            """
            SELECT recorded_at, sequence, kind, subject, name, NULL AS payload, detail, NULL AS reopening
            FROM workflow_history WHERE run = \(run) ORDER BY sequence LIMIT \(limit)
            """)
        if hasArchive {
            rows += try connection.query(
                """
                SELECT recorded_at, sequence, kind, subject, name, NULL AS payload, detail, reopening
                FROM workflow_history_archive WHERE run = \(run) ORDER BY reopening, sequence LIMIT \(limit)
                """)
        }
        return try rows.map { row in
            Entry(
                time: try row.integer("recorded_at"), sequence: try row.integer("sequence"),
                record: try RecordedEntry(row), undoneBy: try row.optionalInteger("reopening"))
        }
    }

    private static func endedAttempts(of run: Int, on connection: any SQLConnection) throws -> [Attempt] {
        try connection.query(
            """
            SELECT activity_id, attempt, worker, scheduled_at, started_at, ended_at, outcome, failure
            FROM activity_attempts WHERE run = \(run) ORDER BY id LIMIT \(limit)
            """
        ).map { row in
            Attempt(
                activityID: try row.text("activity_id"),
                value: ActivityAttempt(
                    number: try row.integer("attempt"),
                    outcome: ActivityAttempt.Outcome(rawValue: try row.text("outcome")) ?? .failed,
                    worker: try row.optionalText("worker"), scheduledAt: try row.date("scheduled_at"),
                    startedAt: try row.date("started_at"), endedAt: try row.date("ended_at"),
                    failure: try row.optionalText("failure").map { try JSONText.decode($0) }))
        }
    }

    private static func openAttempts(of run: Int, on connection: any SQLConnection) throws -> [Attempt] {
        try connection.query(
            """
            SELECT t.activity_id, t.state, t.attempt, t.scheduled_at, t.started_at, t.available_at, s.label
            FROM activity_tasks t LEFT JOIN worker_sessions s ON s.id = t.session
            WHERE t.run = \(run) ORDER BY t.sequence LIMIT \(limit)
            """
        ).map { row in
            let isRunning = try row.integer("state") == TaskState.running.rawValue
            return Attempt(
                activityID: try row.text("activity_id"),
                value: ActivityAttempt(
                    number: try row.integer("attempt") + (isRunning ? 0 : 1),
                    outcome: isRunning ? .running : .waiting, worker: try row.optionalText("label"),
                    scheduledAt: try row.date("available_at") ?? row.date("scheduled_at"),
                    startedAt: try row.date("started_at")))
        }
    }
}

extension TimelineRows {
    /// All of it, oldest first.
    var entries: [TimelineEntry] {
        var scheduled: [String: Int] = [:]
        var lines = [started]
        var attempts = ended[...]
        for item in ordered {
            switch item {
            case .reopening(let reopening):
                lines += attempts.popAll().map { line($0) } + [end(of: reopening), reopened(reopening)]
            case .entry(let entry):
                while let next = attempts.first, next.precedes(entry) { lines.append(line(attempts.removeFirst())) }
                if entry.record.kind == "scheduleActivity" { scheduled[entry.record.subject] = entry.time }
                lines.append(entry.line(scheduledAt: scheduled[entry.record.subject]))
            }
        }
        lines += attempts.map { line($0) } + open.map { line($0) }
        if let end { lines.append(end) }
        return lines
    }

    fileprivate enum Item {
        case entry(Entry)
        case reopening(Reopening)
    }

    /// Kept and cut-off entries in the order in which they were written.
    ///
    /// What was written between two reopenings keeps its sequence, so no clock decides.
    private var ordered: [Item] {
        guard !reopenings.isEmpty else { return history.map { .entry($0) } }
        var generations: [Int: [Entry]] = [:]
        for entry in history {
            let past = entry.undoneBy.map { undone in reopenings.filter { $0.number < undone } } ?? reopenings
            generations[Reopening.generation(of: entry.sequence, after: past), default: []].append(entry)
        }
        var items = (generations[0] ?? []).inSequence
        for reopening in reopenings {
            items.append(.reopening(reopening))
            items += (generations[reopening.number] ?? []).inSequence
        }
        return items
    }

    private var started: TimelineEntry {
        TimelineEntry(time: run.knownDate("started_at"), kind: .started, text: "The job was taken in")
    }

    private var end: TimelineEntry? {
        guard let time = run.moment("closed_at"), case .text(let status) = run["status"] else { return nil }
        var failure: WorkflowFailure?
        // What cannot be read is left out: the rest of the timeline is worth showing.
        if case .text(let text) = run["failure"] { failure = try? JSONText.decode(text) }
        return Self.ended(status, failure, at: time)
    }

    private func end(of reopening: Reopening) -> TimelineEntry {
        var entry = Self.ended(
            reopening.status, reopening.failure, at: Date(microseconds: reopening.closedAt ?? reopening.reopenedAt))
        entry.isUndone = true
        return entry
    }

    private static func ended(_ status: String, _ failure: WorkflowFailure?, at time: Date) -> TimelineEntry {
        TimelineEntry(
            time: time, kind: .ended,
            text: "The job ended as \(status)" + (failure.map { ": \($0.message)" } ?? ""))
    }

    private func reopened(_ reopening: Reopening) -> TimelineEntry {
        TimelineEntry(
            time: Date(microseconds: reopening.reopenedAt), kind: .reopened,
            text: "The job was made to go on from before what had failed")
    }

    private func line(_ attempt: Attempt) -> TimelineEntry {
        let value = attempt.value
        return TimelineEntry(
            time: value.endedAt ?? value.startedAt ?? value.scheduledAt ?? run.knownDate("started_at"), kind: .attempt,
            text: value.sentence(of: attempt.activityID), subject: attempt.activityID, attempt: value)
    }
}

extension [TimelineRows.Entry] {
    fileprivate var inSequence: [TimelineRows.Item] {
        sorted { $0.sequence < $1.sequence }.map { .entry($0) }
    }
}

extension ArraySlice {
    /// Everything, which is gone afterwards.
    fileprivate mutating func popAll() -> ArraySlice {
        defer { self = [] }
        return self
    }
}

extension TimelineRows.Attempt {
    /// Whether it had ended when `entry` was written.
    fileprivate func precedes(_ entry: TimelineRows.Entry) -> Bool {
        guard let end = value.endedAt?.microseconds else { return false }
        return end < entry.time || (end == entry.time && entry.record.isEnd(of: activityID))
    }
}

extension RecordedEntry {
    fileprivate func isEnd(of activityID: String) -> Bool {
        subject == activityID && (kind == "activityFailed" || kind == "activityCancelled")
    }
}

extension SQLRow {
    func date(_ column: String) throws -> Date? {
        try optionalInteger(column).map { Date(microseconds: $0) }
    }
    /// A date that a table of ours cannot hold in another form; nil when it is null.
    fileprivate func moment(_ column: String) -> Date? {
        if case .integer(let value) = self[column] { Date(microseconds: Int(value)) } else { nil }
    }
    fileprivate func knownDate(_ column: String) -> Date { moment(column) ?? Date(microseconds: 0) }
}
