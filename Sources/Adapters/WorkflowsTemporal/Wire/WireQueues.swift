import FoundationEssentials
import GRPCClient

/// The numbers of `enums.v1.TaskQueueType`.
enum WireTaskQueueType {
    static let workflow = 1
    static let activity = 2
}

/// The message `DescribeTaskQueueRequest`.
struct WireDescribeQueue: ProtoMessage {
    var namespace = ""
    var taskQueue: WireTaskQueue?
    var type = 0
    var reportsStats = false
    static let fields: [ProtoField<Self>] = [
        .string(1, \.namespace), .message(2, \.taskQueue), .integer(3, \.type), .bool(8, \.reportsStats),
    ]
}

/// The message `DescribeTaskQueueResponse`.
struct WireQueueDescription: ProtoMessage {
    /// The message `taskqueue.v1.PollerInfo`.
    struct Poller: ProtoMessage {
        var lastAccess: Date?
        var identity = ""
        static let fields: [ProtoField<Self>] = [.time(1, \.lastAccess), .string(2, \.identity)]
    }
    /// The message `taskqueue.v1.TaskQueueStats`.
    struct Stats: ProtoMessage {
        var backlog = 0
        var isRateLimited = false
        static let fields: [ProtoField<Self>] = [.integer(1, \.backlog), .bool(5, \.isRateLimited)]
    }
    var pollers: [Poller] = []
    var stats: Stats?
    static let fields: [ProtoField<Self>] = [.messages(1, \.pollers), .message(5, \.stats)]
}

/// The message `UpdateTaskQueueConfigRequest`.
struct WireQueueConfig: ProtoMessage {
    /// `taskqueue.v1.RateLimit`; zero stops the queue.
    struct RateLimit: ProtoMessage {
        var perSecond: Float = 0
        static let fields: [ProtoField<Self>] = [.float(1, \.perSecond)]
    }
    /// Without a limit: the limit is removed.
    struct RateUpdate: ProtoMessage {
        var limit: RateLimit?
        var reason = ""
        static let fields: [ProtoField<Self>] = [.message(1, \.limit), .string(2, \.reason)]
    }
    /// An entry of `map<string, float>`.
    struct Weight: ProtoMessage {
        var key = ""
        var weight: Float = 0
        static let fields: [ProtoField<Self>] = [.string(1, \.key), .float(2, \.weight)]
    }
    var namespace = ""
    var identity = ""
    var taskQueue = ""
    var type = 0
    var rate: RateUpdate?
    var weights: [Weight] = []
    var removedWeights: [String] = []
    static let fields: [ProtoField<Self>] = [
        .string(1, \.namespace), .string(2, \.identity), .string(3, \.taskQueue), .integer(4, \.type),
        .message(5, \.rate), .messages(7, \.weights), .strings(8, \.removedWeights),
    ]
}
