import FoundationEssentials
import GRPCClient

/// The message `StartWorkflowExecutionRequest`.
struct WireStart: ProtoMessage {
    enum ReusePolicy {
        static let rejectDuplicate = 3
    }
    enum ConflictPolicy {
        static let useExisting = 2
    }
    var namespace = ""
    var workflowID = ""
    var type: WireType?
    var taskQueue: WireTaskQueue?
    var input: WirePayloads?
    var executionTimeout: Duration?
    var identity = ""
    var requestID = ""
    var reusePolicy = 0
    var memo: WireFields?
    var searchAttributes: WireFields?
    var header: WireFields?
    var conflictPolicy = 0
    var priority: WirePriority?
    static let fields: [ProtoField<Self>] = [
        .string(1, \.namespace), .string(2, \.workflowID), .message(3, \.type), .message(4, \.taskQueue),
        .message(5, \.input), .duration(6, \.executionTimeout), .string(9, \.identity), .string(10, \.requestID),
        .integer(11, \.reusePolicy), .message(14, \.memo), .message(15, \.searchAttributes), .message(16, \.header),
        .integer(22, \.conflictPolicy), .message(27, \.priority),
    ]
}

/// The message `SignalWorkflowExecutionRequest`.
struct WireSignal: ProtoMessage {
    var namespace = ""
    var execution: WireExecution?
    var name = ""
    var input: WirePayloads?
    var identity = ""
    var requestID = ""
    static let fields: [ProtoField<Self>] = [
        .string(1, \.namespace), .message(2, \.execution), .string(3, \.name), .message(4, \.input),
        .string(5, \.identity), .string(6, \.requestID),
    ]
}

/// The message `RequestCancelWorkflowExecutionRequest`.
struct WireRequestCancel: ProtoMessage {
    var namespace = ""
    var execution: WireExecution?
    var identity = ""
    var requestID = ""
    var reason = ""
    static let fields: [ProtoField<Self>] = [
        .string(1, \.namespace), .message(2, \.execution), .string(3, \.identity), .string(4, \.requestID),
        .string(6, \.reason),
    ]
}

/// The message `DescribeWorkflowExecutionRequest`.
struct WireDescribe: ProtoMessage {
    var namespace = ""
    var execution: WireExecution?
    static let fields: [ProtoField<Self>] = [.string(1, \.namespace), .message(2, \.execution)]
}

/// The message `DescribeWorkflowExecutionResponse`.
struct WireDescription: ProtoMessage {
    var info: WireExecutionInfo?
    var pendingActivities: [WirePendingActivity] = []
    var pendingChildren: [WirePendingChild] = []
    var pendingTask: WirePendingTask?
    var extended: WireExtendedInfo?
    static let fields: [ProtoField<Self>] = [
        .message(2, \.info), .messages(3, \.pendingActivities), .messages(4, \.pendingChildren),
        .message(5, \.pendingTask), .message(8, \.extended),
    ]
}

/// The message `workflow.v1.PendingWorkflowTaskInfo`.
struct WirePendingTask: ProtoMessage {
    var attempt = 0
    static let fields: [ProtoField<Self>] = [.integer(5, \.attempt)]
}

/// The message `workflow.v1.WorkflowExecutionInfo`.
struct WireExecutionInfo: ProtoMessage {
    /// Numbered as `enums.v1.WorkflowExecutionStatus`.
    enum Status: Int {
        case running = 1, completed, failed, canceled, terminated, continuedAsNew, timedOut, paused
    }
    var execution: WireExecution?
    var type: WireType?
    var startedAt: Date?
    var closedAt: Date?
    var status = 0
    var parent: WireExecution?
    var memo: WireFields?
    var searchAttributes: WireFields?
    var taskQueue = ""
    static let fields: [ProtoField<Self>] = [
        .message(1, \.execution), .message(2, \.type), .time(3, \.startedAt), .time(4, \.closedAt),
        .integer(5, \.status), .message(8, \.parent), .message(10, \.memo), .message(11, \.searchAttributes),
        .string(13, \.taskQueue),
    ]
}

/// The message `workflow.v1.PendingActivityInfo`.
struct WirePendingActivity: ProtoMessage {
    /// Numbered as `enums.v1.PendingActivityState`.
    enum State: Int {
        case scheduled = 1, started, cancelRequested, paused
    }
    var activityID = ""
    var type: WireType?
    var state = 0
    var startedAt: Date?
    var attempt = 0
    var maximumAttempts = 0
    var scheduledAt: Date?
    var lastFailure: WireFailure?
    var lastWorker = ""
    var nextAttemptAt: Date?
    var options: WireActivityOptions?
    static let fields: [ProtoField<Self>] = [
        .string(1, \.activityID), .message(2, \.type), .integer(3, \.state), .time(6, \.startedAt),
        .integer(7, \.attempt), .integer(8, \.maximumAttempts), .time(9, \.scheduledAt), .message(11, \.lastFailure),
        .string(12, \.lastWorker), .time(18, \.nextAttemptAt), .message(24, \.options),
    ]
}

/// The message `ListWorkflowExecutionsRequest`.
struct WireList: ProtoMessage {
    var namespace = ""
    var pageSize = 0
    var pageToken: [UInt8] = []
    var query = ""
    static let fields: [ProtoField<Self>] = [
        .string(1, \.namespace), .integer(2, \.pageSize), .bytes(3, \.pageToken), .string(4, \.query),
    ]
}

/// The message `ListWorkflowExecutionsResponse`.
struct WireListAnswer: ProtoMessage {
    var executions: [WireExecutionInfo] = []
    var pageToken: [UInt8] = []
    static let fields: [ProtoField<Self>] = [.messages(1, \.executions), .bytes(2, \.pageToken)]
}

/// The message `GetWorkflowExecutionHistoryRequest`.
struct WireGetHistory: ProtoMessage {
    enum Filter {
        static let closeEvent = 2
    }
    var namespace = ""
    var execution: WireExecution?
    var pageSize = 0
    var pageToken: [UInt8] = []
    var waitsForNewEvent = false
    var filter = 0
    static let fields: [ProtoField<Self>] = [
        .string(1, \.namespace), .message(2, \.execution), .integer(3, \.pageSize), .bytes(4, \.pageToken),
        .bool(5, \.waitsForNewEvent), .integer(6, \.filter),
    ]
}

/// The message `GetWorkflowExecutionHistoryResponse`.
struct WireHistoryPage: ProtoMessage {
    var history: WireHistory?
    var pageToken: [UInt8] = []
    static let fields: [ProtoField<Self>] = [.message(1, \.history), .bytes(3, \.pageToken)]
}

/// The message `QueryWorkflowRequest`.
struct WireQueryWorkflow: ProtoMessage {
    var namespace = ""
    var execution: WireExecution?
    var query: WireQuery?
    static let fields: [ProtoField<Self>] = [
        .string(1, \.namespace), .message(2, \.execution), .message(3, \.query),
    ]
}

/// The message `QueryWorkflowResponse`.
struct WireQueryAnswer: ProtoMessage {
    var result: WirePayloads?
    static let fields: [ProtoField<Self>] = [.message(1, \.result)]
}

/// The message `query.v1.WorkflowQuery`.
struct WireQuery: ProtoMessage {
    var type = ""
    static let fields: [ProtoField<Self>] = [.string(1, \.type)]
}

/// The message `DescribeNamespaceRequest`.
struct WireDescribeNamespace: ProtoMessage {
    var namespace = ""
    static let fields: [ProtoField<Self>] = [.string(1, \.namespace)]
}

/// The message `GetSystemInfoResponse`.
struct WireSystemInfo: ProtoMessage {
    var serverVersion = ""
    static let fields: [ProtoField<Self>] = [.string(1, \.serverVersion)]
}
