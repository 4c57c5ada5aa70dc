import GRPCClient

// The messages of Temporal's API, as far as they are used: package temporal.api, release 1.62. Names are Temporal's;
// numbers are those of its .proto files.

/// The message `common.v1.Payload`.
struct WirePayload: ProtoMessage {
    var metadata: [String: [UInt8]] = [:]
    var data: [UInt8] = []
    static let fields: [ProtoField<Self>] = [.bytesMap(1, \.metadata), .bytes(2, \.data)]
}

/// The message `common.v1.Payloads`.
struct WirePayloads: ProtoMessage {
    var payloads: [WirePayload] = []
    static let fields: [ProtoField<Self>] = [.messages(1, \.payloads)]
}

/// `common.v1.Header`, `Memo` and `SearchAttributes`, which are alike.
struct WireFields: ProtoMessage {
    var fields: [String: WirePayload] = [:]
    static let fields: [ProtoField<Self>] = [.map(1, \.fields)]
}

/// The message `common.v1.WorkflowExecution`.
struct WireExecution: ProtoMessage {
    var workflowID = ""
    var runID = ""
    static let fields: [ProtoField<Self>] = [.string(1, \.workflowID), .string(2, \.runID)]
}

/// `common.v1.WorkflowType` and `ActivityType`, which are alike.
struct WireType: ProtoMessage {
    var name = ""
    static let fields: [ProtoField<Self>] = [.string(1, \.name)]
}

/// The message `taskqueue.v1.TaskQueue`.
struct WireTaskQueue: ProtoMessage {
    enum Kind {
        static let normal = 1
        static let sticky = 2
    }
    var name = ""
    var kind = 0
    /// Of a sticky queue: the queue it stands for.
    var normalName = ""
    static let fields: [ProtoField<Self>] = [.string(1, \.name), .integer(2, \.kind), .string(3, \.normalName)]
}

/// The message `common.v1.RetryPolicy`.
struct WireRetryPolicy: ProtoMessage {
    var initialInterval: Duration?
    var coefficient = 0.0
    var maximumInterval: Duration?
    var maximumAttempts = 0
    var nonRetryableTypes: [String] = []
    static let fields: [ProtoField<Self>] = [
        .duration(1, \.initialInterval), .double(2, \.coefficient), .duration(3, \.maximumInterval),
        .integer(4, \.maximumAttempts), .strings(5, \.nonRetryableTypes),
    ]
}

/// The message `common.v1.Priority`.
struct WirePriority: ProtoMessage {
    /// 1 is served first, 5 last.
    var key = 0
    var fairnessKey = ""
    static let fields: [ProtoField<Self>] = [.integer(1, \.key), .string(2, \.fairnessKey)]
}

/// An answer of which nothing is read.
struct WireNothing: ProtoMessage {
    static let fields: [ProtoField<Self>] = []
}

/// `google.rpc.Status`, what `grpc-status-details-bin` holds.
struct WireStatus: ProtoMessage {
    struct Detail: ProtoMessage {
        var type = ""
        static let fields: [ProtoField<Self>] = [.string(1, \.type)]
    }
    var details: [Detail] = []
    static let fields: [ProtoField<Self>] = [.messages(3, \.details)]
}
