import GRPCClient
import Workflows

// Failures in Temporal's shape, so that its tools show kind, message and cause where they look for them.
extension WireFailure {
    private static let source = "Atelier"

    /// An application failure: its type is our kind, its details the whole record.
    init(_ failure: WorkflowFailure, isRetryable: Bool = false, retryAfter: Duration? = nil) {
        self.init()
        message = failure.message
        source = Self.source
        if let words = failure.cause {
            var cause = WireFailure()
            cause.message = words
            cause.source = Self.source
            self.cause = [cause]
        }
        var application = Application()
        application.type = failure.kind
        application.isNonRetryable = !isRetryable
        application.nextRetryDelay = retryAfter
        // The record holds texts and a number only, so it always encodes.
        application.details = (try? Payload(encoding: failure)).map { WirePayloads($0) }
        self.application = application
    }

    /// What is wrong with a workflow's code, for whoever looks at the failed workflow task.
    init(problem: DeciderProblem) {
        self.init()
        message = problem.description
        source = Self.source
        var application = Application()
        application.type = "DeciderProblem"
        self.application = application
    }
}

extension WorkflowFailure {
    /// Reads a failure from wherever it came: our own record, a timeout of the server's, or another SDK's error.
    /// - Parameters:
    ///   - activity: What failed, where it was an activity or a child.
    ///   - attempts: How often it was tried, as far as is known.
    init(_ wire: WireFailure, activity: String? = nil, attempts: Int = 0) {
        // The server wraps what a child or an activity ended with.
        if let inner = wire.cause.first, wire.activity != nil || wire.child != nil {
            self.init(
                inner, activity: activity ?? wire.activity?.type?.name ?? wire.child?.type?.name, attempts: attempts)
            return
        }
        if let application = wire.application {
            if let record = application.details?.payloads.first?.decoded(as: WorkflowFailure.self) {
                self = record
                self.activity = record.activity ?? activity
                if attempts > 0 { self.attempts = attempts }
                return
            }
            self.init(
                kind: application.type, message: wire.message, activity: activity, attempts: attempts,
                cause: wire.cause.first?.message)
        } else if let timeout = wire.timeout {
            self.init(
                kind: Self.kind(ofTimeout: timeout.kind),
                message: "A step took longer than it may. Trying again later may help.", activity: activity,
                attempts: attempts)
        } else if wire.terminated != nil {
            self.init(kind: "terminated", message: "The job was ended by an operator.", activity: activity)
        } else {
            self.init(kind: "unknown", message: wire.message, activity: activity, attempts: attempts)
        }
    }

    private static func kind(ofTimeout kind: Int) -> String {
        switch kind {
        case WireFailure.Timeout.Kind.heartbeat: Kind.heartbeatTimeout
        case WireFailure.Timeout.Kind.scheduleToClose, WireFailure.Timeout.Kind.scheduleToStart:
            Kind.scheduleToCloseTimeout
        default: Kind.startToCloseTimeout
        }
    }
}
