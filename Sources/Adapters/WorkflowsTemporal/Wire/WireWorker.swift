import FoundationEssentials
import GRPCClient

/// `PollWorkflowTaskQueueRequest` and `PollActivityTaskQueueRequest`, whose numbers agree.
struct WirePoll: ProtoMessage {
    var namespace = ""
    var taskQueue: WireTaskQueue?
    var identity = ""
    var deployment: WireDeployment?
    var instanceKey = ""
    static let fields: [ProtoField<Self>] = [
        .string(1, \.namespace), .message(2, \.taskQueue), .string(3, \.identity), .message(6, \.deployment),
        .string(8, \.instanceKey),
    ]
}

/// The message `PollWorkflowTaskQueueResponse`.
struct WireWorkflowTask: ProtoMessage {
    var token: [UInt8] = []
    var execution: WireExecution?
    var type: WireType?
    var previousStartedEventID = 0
    var startedEventID = 0
    var attempt = 0
    var history: WireHistory?
    var nextPage: [UInt8] = []
    /// A query that comes alone: nothing else is to be done.
    var query: WireQuery?
    var queries: [String: WireQuery] = [:]
    static let fields: [ProtoField<Self>] = [
        .bytes(1, \.token), .message(2, \.execution), .message(3, \.type), .integer(4, \.previousStartedEventID),
        .integer(5, \.startedEventID), .integer(6, \.attempt), .message(8, \.history), .bytes(9, \.nextPage),
        .message(10, \.query), .map(14, \.queries),
    ]
}

/// The message `taskqueue.v1.StickyExecutionAttributes`.
struct WireSticky: ProtoMessage {
    var taskQueue: WireTaskQueue?
    var scheduleToStart: Duration?
    static let fields: [ProtoField<Self>] = [.message(1, \.taskQueue), .duration(2, \.scheduleToStart)]
}

/// The message `sdk.v1.WorkflowTaskCompletedMetadata`.
struct WireSDK: ProtoMessage {
    var name = ""
    var version = ""
    static let fields: [ProtoField<Self>] = [.string(3, \.name), .string(4, \.version)]
}

/// The message `RespondWorkflowTaskCompletedRequest`.
struct WireTaskCompleted: ProtoMessage {
    var token: [UInt8] = []
    var commands: [WireCommand] = []
    var identity = ""
    var sticky: WireSticky?
    var returnsNewTask = false
    var queryResults: [String: WireQueryResult] = [:]
    var namespace = ""
    var sdk: WireSDK?
    /// Numbered as `enums.v1.VersioningBehavior`.
    var versioning = 0
    var deployment: WireDeployment?
    var instanceKey = ""
    static let fields: [ProtoField<Self>] = [
        .bytes(1, \.token), .messages(2, \.commands), .string(3, \.identity), .message(4, \.sticky),
        .bool(5, \.returnsNewTask), .map(8, \.queryResults), .string(9, \.namespace), .message(12, \.sdk),
        .integer(16, \.versioning), .message(17, \.deployment), .string(19, \.instanceKey),
    ]
}

/// The message `RespondWorkflowTaskCompletedResponse`.
struct WireTaskCompletedAnswer: ProtoMessage {
    var task: WireWorkflowTask?
    var activities: [WireActivityTask] = []
    static let fields: [ProtoField<Self>] = [.message(1, \.task), .messages(2, \.activities)]
}

/// The message `query.v1.WorkflowQueryResult`.
struct WireQueryResult: ProtoMessage {
    enum Kind {
        static let answered = 1
        static let failed = 2
    }
    var kind = 0
    var answer: WirePayloads?
    var message = ""
    static let fields: [ProtoField<Self>] = [.integer(1, \.kind), .message(2, \.answer), .string(3, \.message)]
}

/// The message `RespondQueryTaskCompletedRequest`.
struct WireQueryCompleted: ProtoMessage {
    var token: [UInt8] = []
    var kind = 0
    var answer: WirePayloads?
    var message = ""
    var namespace = ""
    static let fields: [ProtoField<Self>] = [
        .bytes(1, \.token), .integer(2, \.kind), .message(3, \.answer), .string(4, \.message),
        .string(6, \.namespace),
    ]
}

/// The message `RespondWorkflowTaskFailedRequest`.
struct WireTaskFailed: ProtoMessage {
    /// Numbered as `enums.v1.WorkflowTaskFailedCause`.
    enum Cause {
        static let workerFailure = 14
        static let nonDeterministic = 24
    }
    var token: [UInt8] = []
    var cause = 0
    var failure: WireFailure?
    var identity = ""
    var namespace = ""
    static let fields: [ProtoField<Self>] = [
        .bytes(1, \.token), .integer(2, \.cause), .message(3, \.failure), .string(4, \.identity),
        .string(6, \.namespace),
    ]
}

/// The message `ShutdownWorkerRequest`.
struct WireShutdown: ProtoMessage {
    var namespace = ""
    var stickyQueue = ""
    var identity = ""
    var reason = ""
    var instanceKey = ""
    var taskQueue = ""
    static let fields: [ProtoField<Self>] = [
        .string(1, \.namespace), .string(2, \.stickyQueue), .string(3, \.identity), .string(4, \.reason),
        .string(6, \.instanceKey), .string(7, \.taskQueue),
    ]
}

/// The message `PollActivityTaskQueueResponse`.
struct WireActivityTask: ProtoMessage {
    var token: [UInt8] = []
    var workflowType: WireType?
    var execution: WireExecution?
    var type: WireType?
    var activityID = ""
    var header: WireFields?
    var input: WirePayloads?
    var heartbeat: WirePayloads?
    var startedAt: Date?
    var attempt = 0
    var scheduleToClose: Duration?
    var startToClose: Duration?
    var heartbeatTimeout: Duration?
    var retryPolicy: WireRetryPolicy?
    static let fields: [ProtoField<Self>] = [
        .bytes(1, \.token), .message(3, \.workflowType), .message(4, \.execution), .message(5, \.type),
        .string(6, \.activityID), .message(7, \.header), .message(8, \.input), .message(9, \.heartbeat),
        .time(12, \.startedAt), .integer(13, \.attempt), .duration(14, \.scheduleToClose),
        .duration(15, \.startToClose), .duration(16, \.heartbeatTimeout), .message(17, \.retryPolicy),
    ]
}

/// The message `RecordActivityTaskHeartbeatRequest`.
struct WireHeartbeat: ProtoMessage {
    var token: [UInt8] = []
    var details: WirePayloads?
    var identity = ""
    var namespace = ""
    static let fields: [ProtoField<Self>] = [
        .bytes(1, \.token), .message(2, \.details), .string(3, \.identity), .string(4, \.namespace),
    ]
}

/// The message `RecordActivityTaskHeartbeatResponse`.
struct WireHeartbeatAnswer: ProtoMessage {
    var isCancelRequested = false
    static let fields: [ProtoField<Self>] = [.bool(1, \.isCancelRequested)]
}

/// `RespondActivityTaskCompletedRequest` and `RespondActivityTaskCanceledRequest`, whose numbers agree.
struct WireActivityEnded: ProtoMessage {
    var token: [UInt8] = []
    var result: WirePayloads?
    var identity = ""
    var namespace = ""
    static let fields: [ProtoField<Self>] = [
        .bytes(1, \.token), .message(2, \.result), .string(3, \.identity), .string(4, \.namespace),
    ]
}

/// The message `RespondActivityTaskFailedRequest`.
struct WireActivityTaskFailed: ProtoMessage {
    var token: [UInt8] = []
    var failure: WireFailure?
    var identity = ""
    var namespace = ""
    static let fields: [ProtoField<Self>] = [
        .bytes(1, \.token), .message(2, \.failure), .string(3, \.identity), .string(4, \.namespace),
    ]
}
