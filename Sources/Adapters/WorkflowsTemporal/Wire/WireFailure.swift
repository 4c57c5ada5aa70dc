import GRPCClient

/// The message `failure.v1.Failure`.
struct WireFailure: ProtoMessage {
    struct Application: ProtoMessage {
        var type = ""
        var isNonRetryable = false
        var details: WirePayloads?
        var nextRetryDelay: Duration?
        static let fields: [ProtoField<Self>] = [
            .string(1, \.type), .bool(2, \.isNonRetryable), .message(3, \.details), .duration(4, \.nextRetryDelay),
        ]
    }
    struct Timeout: ProtoMessage {
        enum Kind {
            static let startToClose = 1
            static let scheduleToStart = 2
            static let scheduleToClose = 3
            static let heartbeat = 4
        }
        var kind = 0
        static let fields: [ProtoField<Self>] = [.integer(1, \.kind)]
    }
    struct Activity: ProtoMessage {
        var type: WireType?
        var activityID = ""
        static let fields: [ProtoField<Self>] = [.message(4, \.type), .string(5, \.activityID)]
    }
    struct Child: ProtoMessage {
        var execution: WireExecution?
        var type: WireType?
        static let fields: [ProtoField<Self>] = [.message(2, \.execution), .message(3, \.type)]
    }

    var message = ""
    var source = ""
    var stackTrace = ""
    /// None or one.
    var cause: [WireFailure] = []
    var application: Application?
    var timeout: Timeout?
    var canceled: WireNothing?
    var terminated: WireNothing?
    var activity: Activity?
    var child: Child?
    static let fields: [ProtoField<Self>] = [
        .string(1, \.message), .string(2, \.source), .string(3, \.stackTrace), .messages(4, \.cause),
        .message(5, \.application), .message(6, \.timeout), .message(7, \.canceled), .message(8, \.terminated),
        .message(11, \.activity), .message(12, \.child),
    ]
}
