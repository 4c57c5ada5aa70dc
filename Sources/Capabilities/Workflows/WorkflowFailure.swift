/// Why an activity or a workflow failed, as histories record it and clients see it.
public struct WorkflowFailure: Error, Codable, Sendable, Equatable {
    /// A stable word: `unsupportedImage`, or one of the engine's own (``Kind``); cut at 200 characters.
    public var kind: String
    /// One sentence for the client, cut at 2,000 characters.
    public var message: String
    /// The activity that failed, where it was one.
    public var activity: String?
    /// How often it was tried.
    public var attempts: Int
    /// What operators see besides: the error in its own words, cut at 1,000 characters.
    ///
    /// Never sent to clients.
    public var cause: String?

    /// Creates a record.
    public init(kind: String, message: String, activity: String? = nil, attempts: Int = 0, cause: String? = nil) {
        self.kind = String(kind.prefix(200))
        self.message = String(message.prefix(2000))
        self.activity = activity
        self.attempts = attempts
        self.cause = cause.map { String($0.prefix(1000)) }
    }

    /// Kinds that the engine itself gives.
    public enum Kind {
        /// The attempt took longer than ``ActivityOptions/startToClose``.
        public static let startToCloseTimeout = "startToCloseTimeout"
        /// All attempts together took longer than ``ActivityOptions/scheduleToClose``.
        public static let scheduleToCloseTimeout = "scheduleToCloseTimeout"
        /// The activity was silent for longer than ``ActivityOptions/heartbeat``.
        public static let heartbeatTimeout = "heartbeatTimeout"
        /// The process that ran it ended in the middle of it, too often.
        public static let workerLost = "workerLost"
        /// No worker of this queue knows the activity.
        public static let unknownActivity = "unknownActivity"
        /// The recorded input is of another type than the code expects.
        public static let undecodableInput = "undecodableInput"
        /// The workflow broke a rule of durable code.
        public static let misuse = "workflowMisuse"
        /// A child's id is already taken.
        public static let childExists = "childExists"
        /// A value is larger than a history keeps: ``PayloadTooLarge``.
        public static let payloadTooLarge = "payloadTooLarge"
        /// The workflow has more events, or larger ones, than a history may have.
        public static let historyTooLong = "historyTooLong"
        /// The whole workflow took longer than its ``StartOptions/workflowTimeout``.
        public static let workflowTimeout = "workflowTimeout"
    }

    /// Puts any error on record: an ``ActivityFailure`` speaks for itself, every other one keeps its words for operators.
    public init(recording error: any Error, activity: String? = nil, attempts: Int = 0) {
        switch error {
        case let error as ActivityError:
            self = error.failure
        case let error as WorkflowFailure:
            self = error
        case let error as any ActivityFailure:
            self.init(
                kind: error.kind, message: error.message, activity: activity, attempts: attempts,
                cause: String(describing: error))
        default:
            self.init(
                kind: String(describing: type(of: error)), message: "An internal error occurred.",
                activity: activity, attempts: attempts, cause: String(describing: error))
        }
    }
}

extension WorkflowFailure: CustomStringConvertible {
    /// One line for the log.
    public var description: String {
        let place = activity.map { " in \($0) after \(attempts) attempts" } ?? ""
        return "\(kind)\(place): \(message)" + (cause.map { " (\($0))" } ?? "")
    }
}

/// Thrown into a workflow by an activity or a child workflow that failed for good.
public struct ActivityError: Error, Sendable, Equatable {
    /// The activity's name, or the child workflow's.
    public let activity: String
    /// Its id within the workflow: `FetchSource-1`.
    public let activityID: String
    /// What is on record about it.
    public let failure: WorkflowFailure

    /// Creates the error; for deciders and tests.
    public init(activity: String, activityID: String, failure: WorkflowFailure) {
        self.activity = activity
        self.activityID = activityID
        self.failure = failure
    }

    /// The failure's kind.
    public var kind: String { failure.kind }
    /// The sentence for the client.
    public var message: String { failure.message }
    /// How often it was tried.
    public var attempts: Int { failure.attempts }
    /// The error in its own words, for operators.
    public var cause: String? { failure.cause }
}
