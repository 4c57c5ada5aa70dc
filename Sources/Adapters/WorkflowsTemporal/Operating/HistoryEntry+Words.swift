import Workflows

extension HistoryEntry.Content {
    /// The entry as a timeline shows it; nil where other lines say it.
    var timelineLine: (kind: TimelineEntry.Kind, text: String, subject: String?)? {
        switch self {
        case .event(let event): event.words.map { (.event, $0.text, $0.subject) }
        case .command(let command): (.command, command.words.text, command.words.subject)
        }
    }
}

extension WorkflowEvent {
    fileprivate var words: (text: String, subject: String?)? {
        switch self {
        case .started: nil
        case .activityCompleted(let id, _): ("\(id) completed", id)
        case .activityFailed(let id, _): ("\(id) failed for good", id)
        case .activityCancelled(let id): ("\(id) was cancelled", id)
        case .timerFired(let id): ("The time of \(id) was over", id)
        case .childCompleted(let id, _): ("The child \(id) completed", id)
        case .childFailed(let id, _): ("The child \(id) failed", id)
        case .childCancelled(let id): ("The child \(id) was cancelled", id)
        case .signalled(let name, _): ("The signal \(name) came", name)
        case .cancelRequested(let reason):
            ("Cancellation was asked for" + (reason.isEmpty ? "" : ": \(reason)"), nil)
        case .deadlineReached: ("The time for the whole job was over", nil)
        }
    }
}

extension WorkflowCommand {
    fileprivate var words: (text: String, subject: String?) {
        switch self {
        case .scheduleActivity(let activity): ("\(activity.id) was scheduled", activity.id)
        case .cancelActivity(let id): ("The cancellation of \(id) was asked for", id)
        case .startTimer(let id, let duration): ("\(id) was set for \(duration.inWords)", id)
        case .cancelTimer(let id): ("\(id) was taken back", id)
        case .startChild(let child): ("The child \(child.id) was started as \(child.workflowID)", child.id)
        case .cancelChild(let id): ("The cancellation of the child \(id) was asked for", id)
        case .recordPatch(let id): ("The changed path \(id) was taken", id)
        }
    }
}
