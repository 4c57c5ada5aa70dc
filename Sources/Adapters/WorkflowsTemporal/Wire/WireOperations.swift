import FoundationEssentials
import GRPCClient

/// The message `ResetWorkflowExecutionRequest`.
struct WireReset: ProtoMessage {
    var namespace = ""
    /// With its run: the one whose history is cut.
    var execution: WireExecution?
    var reason = ""
    /// The event of a workflow task's end; what comes before it stays.
    var finishEventID = 0
    var requestID = ""
    var identity = ""
    static let fields: [ProtoField<Self>] = [
        .string(1, \.namespace), .message(2, \.execution), .string(3, \.reason), .integer(4, \.finishEventID),
        .string(5, \.requestID), .string(9, \.identity),
    ]
}

/// The message `ResetActivityRequest`.
struct WireResetActivity: ProtoMessage {
    var namespace = ""
    var execution: WireExecution?
    var identity = ""
    var activityID = ""
    static let fields: [ProtoField<Self>] = [
        .string(1, \.namespace), .message(2, \.execution), .string(3, \.identity), .string(4, \.activityID),
    ]
}

/// `PauseWorkflowExecutionRequest` and `UnpauseWorkflowExecutionRequest`, which are alike.
struct WirePauseWorkflow: ProtoMessage {
    var namespace = ""
    var workflowID = ""
    var identity = ""
    var reason = ""
    var requestID = ""
    static let fields: [ProtoField<Self>] = [
        .string(1, \.namespace), .string(2, \.workflowID), .string(4, \.identity), .string(5, \.reason),
        .string(6, \.requestID),
    ]
}

/// The message `workflow.v1.WorkflowExecutionExtendedInfo`.
struct WireExtendedInfo: ProtoMessage {
    /// The message `workflow.v1.WorkflowExecutionPauseInfo`.
    struct Pause: ProtoMessage {
        var identity = ""
        var since: Date?
        var reason = ""
        static let fields: [ProtoField<Self>] = [.string(1, \.identity), .time(2, \.since), .string(3, \.reason)]
    }
    var pause: Pause?
    static let fields: [ProtoField<Self>] = [.message(8, \.pause)]
}

/// The message `workflow.v1.PendingChildExecutionInfo`.
struct WirePendingChild: ProtoMessage {
    var workflowID = ""
    static let fields: [ProtoField<Self>] = [.string(1, \.workflowID)]
}

/// The message `activity.v1.ActivityOptions`.
struct WireActivityOptions: ProtoMessage {
    var taskQueue: WireTaskQueue?
    static let fields: [ProtoField<Self>] = [.message(1, \.taskQueue)]
}
