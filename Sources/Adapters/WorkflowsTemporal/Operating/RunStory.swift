import FoundationEssentials
import Workflows

/// A run's events as the lines of a timeline.
struct RunStory {
    typealias Attempt = Workflows.ActivityAttempt

    private struct Activity {
        var id: String
        var scheduledAt: Date?
        var startedAt: Date?
        var worker: String?
        var attempt = 1
    }
    private(set) var entries: [TimelineEntry]
    private var translator = HistoryTranslator()
    private var activities: [Int: Activity] = [:]
    private var isUndone = false

    init(takenInAt time: Date) {
        entries = [TimelineEntry(time: time, kind: .started, text: "The job was taken in")]
    }

    /// Tells `events`, all of a run; where a reset cut another run, first what is no longer true of that one.
    mutating func tell(_ events: [WireEvent], from first: Int = 1, after bases: [String: [WireEvent]]) {
        for event in events where event.id >= first {
            if let base = event.baseRun { tellUndone(bases[base] ?? [], from: event.id, bases, at: event.date) }
            tell(event)
        }
    }

    private mutating func tellUndone(
        _ base: [WireEvent], from first: Int, _ bases: [String: [WireEvent]], at time: Date
    ) {
        var past = self
        past.isUndone = true
        past.tell(base, from: first, after: bases)
        if let last = base.last, let ending = WorkflowRows.Ending(last) {
            past.end(ending.status, ending.failure, at: ending.closedAt)
        }
        entries = past.entries
        add(
            TimelineEntry(
                time: time, kind: .reopened, text: "The job was made to go on from before what had failed"))
    }

    /// Attempts that run, or are to come.
    mutating func tell(_ pending: [WirePendingActivity]) {
        for activity in pending {
            let isRunning = activity.state != WirePendingActivity.State.scheduled.rawValue
            if let failure = activity.lastFailure, activity.attempt > 1 {
                let number = activity.attempt - 1
                let failed = WorkflowFailure(failure, activity: activity.type?.name, attempts: number)
                add(
                    Attempt(
                        number: number, outcome: failed.outcome,
                        worker: isRunning || activity.lastWorker.isEmpty ? nil : activity.lastWorker, failure: failed),
                    of: activity.activityID, at: activity.startedAt ?? activity.scheduledAt)
            }
            add(
                Attempt(
                    number: max(1, activity.attempt), outcome: isRunning ? .running : .waiting,
                    worker: isRunning && !activity.lastWorker.isEmpty ? activity.lastWorker : nil,
                    scheduledAt: activity.nextAttemptAt ?? activity.scheduledAt,
                    startedAt: isRunning ? activity.startedAt : nil), of: activity.activityID,
                at: isRunning ? activity.startedAt : activity.nextAttemptAt ?? activity.scheduledAt)
        }
    }

    /// The run's end.
    mutating func end(_ status: WorkflowStatus, _ failure: WorkflowFailure?, at time: Date) {
        add(
            TimelineEntry(
                time: time, kind: .ended,
                text: "The job ended as \(status.rawValue)" + (failure.map { ": \($0.message)" } ?? "")))
    }
}

extension RunStory {
    private mutating func add(_ entry: TimelineEntry) {
        var entry = entry
        entry.isUndone = isUndone
        entries.append(entry)
    }

    private mutating func add(_ attempt: Attempt, of id: String, at time: Date?) {
        add(
            TimelineEntry(
                time: time ?? entries.last?.time ?? Date(timeIntervalSince1970: 0), kind: .attempt,
                text: attempt.sentence(of: id), subject: id, attempt: attempt))
    }

    private mutating func tell(_ event: WireEvent) {
        let content = translator.translate(event)
        if let scheduled = event.activityScheduled {
            activities[event.id] = Activity(id: scheduled.activityID, scheduledAt: event.time)
        } else if let started = event.activityStarted {
            tell(started, at: event.time)
        } else if let id = event.endedActivity, let activity = activities[id] {
            tellEnd(of: activity, by: content, at: event.date)
        }
        // The end of a successful attempt says it all.
        guard let content, event.activityCompleted == nil, let line = content.timelineLine else { return }
        add(TimelineEntry(time: event.date, kind: line.kind, text: line.text, subject: line.subject))
    }

    /// The server writes the start of an attempt only with its end, and with it why the one before had failed.
    private mutating func tell(_ started: WireActivityStarted, at time: Date?) {
        guard var activity = activities[started.scheduledEventID] else { return }
        activity.startedAt = time
        activity.worker = started.identity.isEmpty ? nil : started.identity
        activity.attempt = max(1, started.attempt)
        activities[started.scheduledEventID] = activity
        guard let last = started.lastFailure, started.attempt > 1 else { return }
        let failure = WorkflowFailure(last, attempts: started.attempt - 1)
        add(
            Attempt(number: started.attempt - 1, outcome: failure.outcome, failure: failure), of: activity.id,
            at: time)
    }

    private mutating func tellEnd(of activity: Activity, by content: HistoryEntry.Content?, at time: Date) {
        var attempt = Attempt(
            number: activity.attempt, outcome: .completed, worker: activity.worker, scheduledAt: activity.scheduledAt,
            startedAt: activity.startedAt, endedAt: time)
        switch content {
        case .event(.activityFailed(_, let failure)): (attempt.outcome, attempt.failure) = (failure.outcome, failure)
        case .event(.activityCancelled): attempt.outcome = .cancelled
        default: break
        }
        // What was never begun had no attempt.
        guard activity.startedAt != nil else { return }
        add(attempt, of: activity.id, at: time)
    }
}

extension WireEvent {
    /// When it was written.
    var date: Date { time ?? Date(timeIntervalSince1970: 0) }

    /// The event that scheduled the activity which ended with this one.
    var endedActivity: Int? {
        activityCompleted?.scheduledEventID ?? activityFailed?.scheduledEventID ?? activityTimedOut?.scheduledEventID
            ?? activityCanceled?.scheduledEventID
    }
}

extension WorkflowFailure {
    /// What came of the attempt that ended with it.
    fileprivate var outcome: Workflows.ActivityAttempt.Outcome {
        switch kind {
        case Kind.startToCloseTimeout, Kind.scheduleToCloseTimeout, Kind.heartbeatTimeout: .timedOut
        case Kind.workerLost: .lost
        default: .failed
        }
    }
}
