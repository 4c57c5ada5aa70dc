import Concurrency
import Database
import FoundationEssentials
import Workflows

// History entries and attempts in words.

extension TimelineRows.Entry {
    /// The entry as a timeline shows it.
    /// - Parameter scheduledAt: When its activity was asked for.
    func line(scheduledAt: Int?) -> TimelineEntry {
        let (kind, text) = record.words
        var line = TimelineEntry(
            time: Date(microseconds: time), kind: kind, text: text,
            subject: record.subject.isEmpty ? nil : record.subject, isUndone: undoneBy != nil)
        if record.kind == "activityCompleted", let attempt = completion(scheduledAt) {
            line.kind = .attempt
            line.attempt = attempt
            line.text = attempt.sentence(of: record.subject)
        }
        return line
    }

    /// The attempt that completed; nil where an older program kept no note of it.
    private func completion(_ scheduledAt: Int?) -> ActivityAttempt? {
        // A note that cannot be read says nothing; the event is shown without it.
        guard let note = record.note, let value: CompletionNote = try? JSONText.decode(note) else { return nil }
        return ActivityAttempt(
            number: value.attempt, outcome: .completed, worker: value.worker,
            scheduledAt: (value.scheduledAt ?? scheduledAt).map { Date(microseconds: $0) },
            startedAt: Date(microseconds: value.startedAt), endedAt: Date(microseconds: time))
    }
}

/// What ``AttemptRecord/note(of:)`` writes.
private struct CompletionNote: Decodable {
    let attempt: Int
    let worker: String
    let startedAt: Int
    let scheduledAt: Int?
}

extension RecordedEntry {
    fileprivate var words: (TimelineEntry.Kind, String) {
        switch kind {
        case "activityCompleted": (.event, "\(subject) completed")
        case "activityFailed": (.event, "\(subject) failed for good")
        case "activityCancelled": (.event, "\(subject) was cancelled")
        case "timerFired": (.event, "The time of \(subject) was over")
        case "childCompleted": (.event, "The child \(subject) completed")
        case "childFailed": (.event, "The child \(subject) failed")
        case "childCancelled": (.event, "The child \(subject) was cancelled")
        case "signalled": (.event, "The signal \(subject) came")
        case "cancelRequested": (.event, "Cancellation was asked for" + (detail.map { ": \($0)" } ?? ""))
        case "deadlineReached": (.event, "The time for the whole job was over")
        case "scheduleActivity": (.command, "\(subject) was scheduled")
        case "cancelActivity": (.command, "The cancellation of \(subject) was asked for")
        case "startTimer": (.command, "\(subject) was set for \(timer)")
        case "cancelTimer": (.command, "\(subject) was taken back")
        case "startChild": (.command, "The child \(subject) was started as \(detail ?? "?")")
        case "cancelChild": (.command, "The cancellation of the child \(subject) was asked for")
        case "recordPatch": (.command, "The changed path \(subject) was taken")
        default: (.event, kind)
        }
    }

    private var timer: String { Duration.microseconds(detail.flatMap { Int($0) } ?? 0).inWords }
}
