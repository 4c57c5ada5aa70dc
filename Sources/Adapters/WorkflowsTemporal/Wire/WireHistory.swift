import FoundationEssentials
import GRPCClient

/// The message `history.v1.History`.
struct WireHistory: ProtoMessage {
    var events: [WireEvent] = []
    static let fields: [ProtoField<Self>] = [.messages(1, \.events)]
}

/// The message `history.v1.HistoryEvent`.
struct WireEvent: ProtoMessage {
    /// `enums.v1.EventType`, those that are looked at.
    enum Kind: Int {
        case started = 1, completed, failed, timedOut
        case workflowTaskStarted = 6, workflowTaskCompleted, workflowTaskTimedOut, workflowTaskFailed
        case activityScheduled = 10, activityStarted, activityCompleted, activityFailed, activityTimedOut
        case activityCancelRequested, activityCanceled
        case timerStarted, timerFired, timerCanceled
        case cancelRequested, canceled, cancelOtherInitiated
        case marker = 25, signaled, terminated, continuedAsNew
        case childInitiated, childStartFailed, childStarted, childCompleted, childFailed, childCanceled, childTimedOut
        case childTerminated
        case propertiesModified = 46
    }

    var id = 0
    var time: Date?
    var type = 0
    var started: WireStarted?
    var completed: WireResult?
    var failed: WireFailed?
    var workflowTaskStarted: WireWorkflowTaskStarted?
    var workflowTaskFailed: WireWorkflowTaskFailed?
    var activityScheduled: WireActivityScheduled?
    var activityStarted: WireActivityStarted?
    var activityCompleted: WireActivityCompleted?
    var activityFailed: WireActivityFailed?
    var activityTimedOut: WireActivityFailed?
    var timerStarted: WireTimerStarted?
    var timerFired: WireTimer?
    var activityCancelRequested: WireScheduledReference?
    var activityCanceled: WireActivityCanceled?
    var timerCanceled: WireTimer?
    var marker: WireMarker?
    var signaled: WireSignaled?
    var terminated: WireTerminated?
    var cancelRequested: WireCancelRequested?
    var cancelOther: WireCancelOther?
    var childInitiated: WireChildInitiated?
    var childStartFailed: WireChildStartFailed?
    var childCompleted: WireChildCompleted?
    var childFailed: WireChildFailed?
    var childCanceled: WireChildCanceled?
    var childTimedOut: WireChildEnded?
    var childTerminated: WireChildEnded?
    var propertiesModified: WirePropertiesModified?

    static let fields: [ProtoField<Self>] = [
        .integer(1, \.id), .time(2, \.time), .integer(3, \.type), .message(6, \.started), .message(7, \.completed),
        .message(8, \.failed), .message(11, \.workflowTaskStarted), .message(14, \.workflowTaskFailed),
        .message(15, \.activityScheduled),
        .message(16, \.activityStarted), .message(17, \.activityCompleted), .message(18, \.activityFailed),
        .message(19, \.activityTimedOut), .message(20, \.timerStarted), .message(21, \.timerFired),
        .message(22, \.activityCancelRequested), .message(23, \.activityCanceled), .message(24, \.timerCanceled),
        .message(25, \.marker), .message(26, \.signaled), .message(27, \.terminated), .message(28, \.cancelRequested),
        .message(30, \.cancelOther), .message(34, \.childInitiated), .message(35, \.childStartFailed),
        .message(37, \.childCompleted), .message(38, \.childFailed), .message(39, \.childCanceled),
        .message(40, \.childTimedOut), .message(41, \.childTerminated), .message(51, \.propertiesModified),
    ]

    var kind: Kind? { Kind(rawValue: type) }
}

/// The message `WorkflowExecutionStartedEventAttributes`.
struct WireStarted: ProtoMessage {
    var type: WireType?
    var taskQueue: WireTaskQueue?
    var input: WirePayloads?
    /// The run that this event was written for; a reset copies it.
    var originalRunID = ""
    var memo: WireFields?
    var header: WireFields?
    static let fields: [ProtoField<Self>] = [
        .message(1, \.type), .message(5, \.taskQueue), .message(6, \.input), .string(14, \.originalRunID),
        .message(22, \.memo),
        .message(25, \.header),
    ]
}

/// The message `WorkflowExecutionCompletedEventAttributes`.
struct WireResult: ProtoMessage {
    var result: WirePayloads?
    static let fields: [ProtoField<Self>] = [.message(1, \.result)]
}

/// The message `WorkflowExecutionFailedEventAttributes`.
struct WireFailed: ProtoMessage {
    var failure: WireFailure?
    static let fields: [ProtoField<Self>] = [.message(1, \.failure)]
}

/// The message `WorkflowTaskStartedEventAttributes`.
struct WireWorkflowTaskStarted: ProtoMessage {
    var scheduledEventID = 0
    var historyBytes = 0
    static let fields: [ProtoField<Self>] = [.integer(1, \.scheduledEventID), .integer(5, \.historyBytes)]
}

/// The message `WorkflowTaskFailedEventAttributes`.
struct WireWorkflowTaskFailed: ProtoMessage {
    var failure: WireFailure?
    /// Where a reset cut another run's history: that run.
    var baseRunID = ""
    static let fields: [ProtoField<Self>] = [.message(4, \.failure), .string(6, \.baseRunID)]
}

/// The message `ActivityTaskScheduledEventAttributes`.
struct WireActivityScheduled: ProtoMessage {
    var activityID = ""
    var type: WireType?
    var taskQueue: WireTaskQueue?
    var input: WirePayloads?
    static let fields: [ProtoField<Self>] = [
        .string(1, \.activityID), .message(2, \.type), .message(4, \.taskQueue), .message(6, \.input),
    ]
}

/// The message `ActivityTaskStartedEventAttributes`.
struct WireActivityStarted: ProtoMessage {
    var scheduledEventID = 0
    var identity = ""
    var attempt = 0
    var lastFailure: WireFailure?
    static let fields: [ProtoField<Self>] = [
        .integer(1, \.scheduledEventID), .string(2, \.identity), .integer(4, \.attempt), .message(5, \.lastFailure),
    ]
}

/// The message `ActivityTaskCompletedEventAttributes`.
struct WireActivityCompleted: ProtoMessage {
    var result: WirePayloads?
    var scheduledEventID = 0
    static let fields: [ProtoField<Self>] = [.message(1, \.result), .integer(2, \.scheduledEventID)]
}

/// `ActivityTaskFailedEventAttributes` and `ActivityTaskTimedOutEventAttributes`, alike in what is read.
struct WireActivityFailed: ProtoMessage {
    var failure: WireFailure?
    var scheduledEventID = 0
    static let fields: [ProtoField<Self>] = [.message(1, \.failure), .integer(2, \.scheduledEventID)]
}

/// The message `ActivityTaskCancelRequestedEventAttributes`.
struct WireScheduledReference: ProtoMessage {
    var scheduledEventID = 0
    static let fields: [ProtoField<Self>] = [.integer(1, \.scheduledEventID)]
}

/// The message `ActivityTaskCanceledEventAttributes`.
struct WireActivityCanceled: ProtoMessage {
    var scheduledEventID = 0
    static let fields: [ProtoField<Self>] = [.integer(3, \.scheduledEventID)]
}

/// The message `TimerStartedEventAttributes`.
struct WireTimerStarted: ProtoMessage {
    var timerID = ""
    var startToFire: Duration?
    static let fields: [ProtoField<Self>] = [.string(1, \.timerID), .duration(2, \.startToFire)]
}

/// `TimerFiredEventAttributes` and `TimerCanceledEventAttributes`, alike in what is read.
struct WireTimer: ProtoMessage {
    var timerID = ""
    static let fields: [ProtoField<Self>] = [.string(1, \.timerID)]
}

/// The message `MarkerRecordedEventAttributes`.
struct WireMarker: ProtoMessage {
    var name = ""
    var details: [String: WirePayloads] = [:]
    static let fields: [ProtoField<Self>] = [.string(1, \.name), .map(2, \.details)]
}

/// The message `WorkflowExecutionSignaledEventAttributes`.
struct WireSignaled: ProtoMessage {
    var name = ""
    var input: WirePayloads?
    static let fields: [ProtoField<Self>] = [.string(1, \.name), .message(2, \.input)]
}

/// The message `WorkflowExecutionTerminatedEventAttributes`.
struct WireTerminated: ProtoMessage {
    var reason = ""
    static let fields: [ProtoField<Self>] = [.string(1, \.reason)]
}

/// The message `WorkflowExecutionCancelRequestedEventAttributes`.
struct WireCancelRequested: ProtoMessage {
    var cause = ""
    static let fields: [ProtoField<Self>] = [.string(1, \.cause)]
}

/// The message `RequestCancelExternalWorkflowExecutionInitiatedEventAttributes`.
struct WireCancelOther: ProtoMessage {
    var execution: WireExecution?
    static let fields: [ProtoField<Self>] = [.message(3, \.execution)]
}

/// The message `WorkflowPropertiesModifiedEventAttributes`.
struct WirePropertiesModified: ProtoMessage {
    var memo: WireFields?
    static let fields: [ProtoField<Self>] = [.message(2, \.memo)]
}
