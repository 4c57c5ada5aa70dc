import GRPCClient

/// The message `StartChildWorkflowExecutionInitiatedEventAttributes`.
struct WireChildInitiated: ProtoMessage {
    var workflowID = ""
    var type: WireType?
    var input: WirePayloads?
    var header: WireFields?
    static let fields: [ProtoField<Self>] = [
        .string(2, \.workflowID), .message(3, \.type), .message(5, \.input), .message(15, \.header),
    ]
}

/// The message `StartChildWorkflowExecutionFailedEventAttributes`.
struct WireChildStartFailed: ProtoMessage {
    var initiatedEventID = 0
    static let fields: [ProtoField<Self>] = [.integer(6, \.initiatedEventID)]
}

/// The message `ChildWorkflowExecutionCompletedEventAttributes`.
struct WireChildCompleted: ProtoMessage {
    var result: WirePayloads?
    var initiatedEventID = 0
    static let fields: [ProtoField<Self>] = [.message(1, \.result), .integer(5, \.initiatedEventID)]
}

/// The message `ChildWorkflowExecutionFailedEventAttributes`.
struct WireChildFailed: ProtoMessage {
    var failure: WireFailure?
    var initiatedEventID = 0
    static let fields: [ProtoField<Self>] = [.message(1, \.failure), .integer(5, \.initiatedEventID)]
}

/// The message `ChildWorkflowExecutionCanceledEventAttributes`.
struct WireChildCanceled: ProtoMessage {
    var initiatedEventID = 0
    static let fields: [ProtoField<Self>] = [.integer(5, \.initiatedEventID)]
}

/// `ChildWorkflowExecutionTimedOutEventAttributes` and `...Terminated...`, alike in what is read.
struct WireChildEnded: ProtoMessage {
    var initiatedEventID = 0
    static let fields: [ProtoField<Self>] = [.integer(4, \.initiatedEventID)]
}
