import GRPCClient

/// The message `command.v1.Command`.
struct WireCommand: ProtoMessage {
    /// Numbered as `enums.v1.CommandType`.
    enum Kind: Int {
        case scheduleActivity = 1, requestCancelActivity, startTimer, completeWorkflow, failWorkflow, cancelTimer
        case cancelWorkflow, requestCancelOther, recordMarker
        case startChild = 11
        case modifyProperties = 16
    }

    var type = 0
    var scheduleActivity: WireScheduleActivity?
    var startTimer: WireStartTimer?
    var completeWorkflow: WireResult?
    var failWorkflow: WireFailed?
    var requestCancelActivity: WireScheduledReference?
    var cancelTimer: WireTimer?
    var cancelWorkflow: WireNothing?
    var requestCancelOther: WireRequestCancelOther?
    var recordMarker: WireMarker?
    var startChild: WireStartChild?
    var modifyProperties: WireModifyProperties?

    static let fields: [ProtoField<Self>] = [
        .integer(1, \.type), .message(2, \.scheduleActivity), .message(3, \.startTimer),
        .message(4, \.completeWorkflow), .message(5, \.failWorkflow), .message(6, \.requestCancelActivity),
        .message(7, \.cancelTimer), .message(8, \.cancelWorkflow), .message(9, \.requestCancelOther),
        .message(10, \.recordMarker), .message(12, \.startChild), .message(17, \.modifyProperties),
    ]

    init() {}
    init(_ kind: Kind) { type = kind.rawValue }
}

/// The message `ScheduleActivityTaskCommandAttributes`.
struct WireScheduleActivity: ProtoMessage {
    var activityID = ""
    var type: WireType?
    var taskQueue: WireTaskQueue?
    var header: WireFields?
    var input: WirePayloads?
    var scheduleToClose: Duration?
    var startToClose: Duration?
    var heartbeat: Duration?
    var retryPolicy: WireRetryPolicy?
    /// The task may come back in the answer to this very command.
    var isEager = false
    static let fields: [ProtoField<Self>] = [
        .string(1, \.activityID), .message(2, \.type), .message(4, \.taskQueue), .message(5, \.header),
        .message(6, \.input), .duration(7, \.scheduleToClose), .duration(9, \.startToClose),
        .duration(10, \.heartbeat), .message(11, \.retryPolicy), .bool(12, \.isEager),
    ]
}

/// The message `StartTimerCommandAttributes`.
struct WireStartTimer: ProtoMessage {
    var timerID = ""
    var startToFire: Duration?
    static let fields: [ProtoField<Self>] = [.string(1, \.timerID), .duration(2, \.startToFire)]
}

/// The message `RequestCancelExternalWorkflowExecutionCommandAttributes`.
struct WireRequestCancelOther: ProtoMessage {
    var workflowID = ""
    var isChildOnly = false
    var reason = ""
    static let fields: [ProtoField<Self>] = [
        .string(2, \.workflowID), .bool(5, \.isChildOnly), .string(6, \.reason),
    ]
}

/// The message `StartChildWorkflowExecutionCommandAttributes`.
struct WireStartChild: ProtoMessage {
    enum ParentClosePolicy {
        static let requestCancel = 3
    }
    enum ReusePolicy {
        static let allowDuplicateFailedOnly = 2
    }
    var workflowID = ""
    var type: WireType?
    var taskQueue: WireTaskQueue?
    var input: WirePayloads?
    var parentClosePolicy = 0
    var reusePolicy = 0
    var header: WireFields?
    var memo: WireFields?
    var priority: WirePriority?
    static let fields: [ProtoField<Self>] = [
        .string(2, \.workflowID), .message(3, \.type), .message(4, \.taskQueue), .message(5, \.input),
        .integer(9, \.parentClosePolicy), .integer(11, \.reusePolicy), .message(14, \.header), .message(15, \.memo),
        .message(18, \.priority),
    ]
}

/// The message `ModifyWorkflowPropertiesCommandAttributes`.
struct WireModifyProperties: ProtoMessage {
    var memo: WireFields?
    static let fields: [ProtoField<Self>] = [.message(1, \.memo)]
}
