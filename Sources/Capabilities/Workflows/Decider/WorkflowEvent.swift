public import FoundationEssentials

/// Something that happened to a workflow, from outside it.
public enum WorkflowEvent: Sendable, Equatable {
    case started(input: Payload)
    case activityCompleted(id: String, result: Payload)
    case activityFailed(id: String, failure: WorkflowFailure)
    case activityCancelled(id: String)
    case timerFired(id: String)
    case childCompleted(id: String, result: Payload)
    case childFailed(id: String, failure: WorkflowFailure)
    case childCancelled(id: String)
    case signalled(name: String, payload: Payload)
    case cancelRequested(reason: String)
    /// The whole run took longer than it may; it ends without running code again.
    case deadlineReached
}

/// One line of a run's history: what happened or what was decided, and when.
public struct HistoryEntry: Sendable, Equatable {
    /// An event or a command.
    public enum Content: Sendable, Equatable {
        case event(WorkflowEvent)
        case command(WorkflowCommand)
    }

    /// When it was recorded; an event's time is what ``WorkflowContext/now`` shows.
    public var time: Date
    /// What it was.
    public var content: Content

    /// Creates an entry.
    public init(time: Date, content: Content) {
        self.time = time
        self.content = content
    }
}
