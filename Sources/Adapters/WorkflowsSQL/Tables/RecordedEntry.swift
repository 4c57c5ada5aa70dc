import Concurrency
import Database
import FoundationEssentials
import Workflows

/// An event or command as columns.
///
/// Payloads are stored as they are, never encoded a second time.
struct RecordedEntry: Sendable, Equatable {
    var kind: String
    /// The id of the activity, timer, child or patch, or the signal's name.
    var subject = ""
    var name: String?
    var payload: [UInt8]?
    var detail: String?

    init(_ event: WorkflowEvent) throws {
        switch event {
        case .started(let input): (kind, payload) = ("started", input.bytes)
        case .activityCompleted(let id, let result): (kind, subject, payload) = ("activityCompleted", id, result.bytes)
        case .activityFailed(let id, let failure):
            (kind, subject, detail) = ("activityFailed", id, try JSONText.encode(failure))
        case .activityCancelled(let id): (kind, subject) = ("activityCancelled", id)
        case .timerFired(let id): (kind, subject) = ("timerFired", id)
        case .childCompleted(let id, let result): (kind, subject, payload) = ("childCompleted", id, result.bytes)
        case .childFailed(let id, let failure):
            (kind, subject, detail) = ("childFailed", id, try JSONText.encode(failure))
        case .childCancelled(let id): (kind, subject) = ("childCancelled", id)
        case .signalled(let name, let value): (kind, subject, payload) = ("signalled", name, value.bytes)
        case .cancelRequested(let reason): (kind, detail) = ("cancelRequested", reason)
        case .deadlineReached: kind = "deadlineReached"
        }
    }

    init(_ command: WorkflowCommand) throws {
        switch command {
        case .scheduleActivity(let activity):
            (kind, subject, name, payload) = ("scheduleActivity", activity.id, activity.name, activity.input.bytes)
            // The activity's own options need no record, but for where it runs: a reopened run must find its queue.
            let queue = activity.options.taskQueue
            detail =
                activity.overridesOptions
                ? try JSONText.encode(activity.options) : queue == .default ? nil : queue.rawValue
        case .cancelActivity(let id): (kind, subject) = ("cancelActivity", id)
        case .startTimer(let id, let duration):
            (kind, subject, detail) = ("startTimer", id, String(duration.microseconds))
        case .cancelTimer(let id): (kind, subject) = ("cancelTimer", id)
        case .startChild(let child):
            (kind, subject, name, payload) = ("startChild", child.id, child.name, child.input.bytes)
            detail = child.workflowID.rawValue
        case .cancelChild(let id): (kind, subject) = ("cancelChild", id)
        case .recordPatch(let id): (kind, subject) = ("recordPatch", id)
        }
    }

    /// Reads the columns of `row`; the inbox has no name.
    init(_ row: SQLRow) throws {
        kind = try row.text("kind")
        subject = try row.text("subject")
        name = row.columns.contains("name") ? try row.optionalText("name") : nil
        payload = if case .null = row["payload"] { nil } else { try row.blob("payload") }
        detail = try row.optionalText("detail")
    }
}

extension RecordedEntry {
    /// Keeps `note` where the event leaves room for it: an activity that completed says in which attempt.
    mutating func add(_ note: String?) {
        if kind == "activityCompleted" { detail = note }
    }

    /// What ``add(_:)`` kept.
    var note: String? { kind == "activityCompleted" ? detail : nil }

    /// - Throws: ``UnreadableHistory`` for a kind that this version does not know.
    func content() throws -> HistoryEntry.Content {
        if let event = try event() { return .event(event) }
        if let command = try command() { return .command(command) }
        throw UnreadableHistory(kind: kind)
    }

    func event() throws -> WorkflowEvent? {
        let value = Payload(bytes: payload ?? Payload.empty.bytes)
        return switch kind {
        case "started": .started(input: value)
        case "activityCompleted": .activityCompleted(id: subject, result: value)
        case "activityFailed": .activityFailed(id: subject, failure: try JSONText.decode(detail ?? ""))
        case "activityCancelled": .activityCancelled(id: subject)
        case "timerFired": .timerFired(id: subject)
        case "childCompleted": .childCompleted(id: subject, result: value)
        case "childFailed": .childFailed(id: subject, failure: try JSONText.decode(detail ?? ""))
        case "childCancelled": .childCancelled(id: subject)
        case "signalled": .signalled(name: subject, payload: value)
        case "cancelRequested": .cancelRequested(reason: detail ?? "")
        case "deadlineReached": .deadlineReached
        default: nil
        }
    }

    /// Options given in the call; of the activity's own only the queue is known.
    private func options() throws -> ActivityOptions {
        guard let detail else { return ActivityOptions() }
        return detail.first == "{"
            ? try JSONText.decode(detail) : ActivityOptions(taskQueue: TaskQueue(rawValue: detail))
    }

    private func command() throws -> WorkflowCommand? {
        let value = Payload(bytes: payload ?? Payload.empty.bytes)
        return switch kind {
        case "scheduleActivity":
            .scheduleActivity(
                ActivityCommand(
                    id: subject, name: name ?? "", input: value, options: try options(),
                    overridesOptions: detail?.first == "{"))
        case "cancelActivity": .cancelActivity(id: subject)
        case "startTimer": .startTimer(id: subject, duration: .microseconds(Int(detail ?? "") ?? 0))
        case "cancelTimer": .cancelTimer(id: subject)
        case "startChild":
            .startChild(
                ChildCommand(
                    id: subject, name: name ?? "", workflowID: WorkflowID(recorded: detail ?? ""), input: value))
        case "cancelChild": .cancelChild(id: subject)
        case "recordPatch": .recordPatch(id: subject)
        default: nil
        }
    }
}

/// A history holds an entry that this version does not know; a newer program wrote it.
struct UnreadableHistory: Error, CustomStringConvertible {
    let kind: String
    var description: String { "the history holds an entry of the unknown kind \(kind); run the newer program" }
}
