public import FoundationEssentials

/// A page of what happened to a workflow, oldest first: events, decisions and every attempt of every activity.
public struct WorkflowTimeline: Sendable, Equatable {
    /// The largest page.
    public static let maximumPage = 1000

    /// What happened, oldest first.
    public var entries: [TimelineEntry]
    /// Where the next page begins; nil at the end.
    public var next: Int?

    /// Creates a page; for engines.
    public init(entries: [TimelineEntry], next: Int?) {
        self.entries = entries
        self.next = next
    }
}

/// One line of a timeline.
public struct TimelineEntry: Sendable, Equatable {
    /// What sort of thing happened.
    public enum Kind: String, Codable, Sendable, CaseIterable {
        /// The job was taken in.
        case started
        /// Something reached the workflow's code.
        case event
        /// The workflow's code decided something.
        case command
        /// An attempt of an activity ended, runs, or is to come.
        case attempt
        /// The run came to an end.
        case ended
        /// An ended run was made to go on.
        case reopened
    }

    /// When; of an attempt, when it ended, began or may begin.
    public var time: Date
    /// What sort of thing.
    public var kind: Kind
    /// One sentence without a full stop.
    public var text: String
    /// The id of the activity, timer or child it is about: `FetchSource-1`.
    public var subject: String?
    /// The attempt, of entries about one.
    public var attempt: ActivityAttempt?
    /// Whether a later reopening took it back: the run went on from before it.
    public var isUndone: Bool

    /// Creates a line; for engines.
    public init(
        time: Date, kind: Kind, text: String, subject: String? = nil, attempt: ActivityAttempt? = nil,
        isUndone: Bool = false
    ) {
        self.time = time
        self.kind = kind
        self.text = text
        self.subject = subject
        self.attempt = attempt
        self.isUndone = isUndone
    }
}

/// One try of an activity.
public struct ActivityAttempt: Sendable, Equatable {
    /// What came of it.
    public enum Outcome: String, Codable, Sendable, CaseIterable {
        case completed, failed, timedOut, cancelled
        /// Its process ended in the middle of it.
        case lost
        /// Its worker stopped and gave it back; it does not count.
        case handedBack
        case running
        /// Not begun.
        case waiting
    }

    /// Which one, from 1; after a reopening it counts from 1 again.
    public var number: Int
    /// What came of it.
    public var outcome: Outcome
    /// Where it ran: `host:pid`; nil when it has not begun.
    public var worker: String?
    /// When it was due.
    public var scheduledAt: Date?
    /// When a worker took it.
    public var startedAt: Date?
    /// When it ended.
    public var endedAt: Date?
    /// Why it did not complete.
    public var failure: WorkflowFailure?

    /// Creates a description; for engines.
    public init(
        number: Int, outcome: Outcome, worker: String? = nil, scheduledAt: Date? = nil, startedAt: Date? = nil,
        endedAt: Date? = nil, failure: WorkflowFailure? = nil
    ) {
        self.number = number
        self.outcome = outcome
        self.worker = worker
        self.scheduledAt = scheduledAt
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.failure = failure
    }

    /// How long it ran; nil while it has not ended.
    public var seconds: Double? {
        guard let startedAt, let endedAt else { return nil }
        return endedAt.timeIntervalSince(startedAt)
    }
}
