/// Where an activity runs and how long and how often it is tried.
public struct ActivityOptions: Codable, Sendable, Equatable {
    /// The task queue whose workers take it.
    public var taskQueue: TaskQueue
    /// How it is tried again.
    public var retry: RetryPolicy
    /// The most one attempt may take.
    public var startToClose: Duration
    /// The most all attempts together may take, waiting included; nil for no limit.
    public var scheduleToClose: Duration?
    /// The longest silence between heartbeats; nil when the activity does not heartbeat.
    public var heartbeat: Duration?

    /// Creates options.
    public init(
        taskQueue: TaskQueue = .default, retry: RetryPolicy = .localWork, startToClose: Duration = .seconds(300),
        scheduleToClose: Duration? = nil, heartbeat: Duration? = nil
    ) {
        self.taskQueue = taskQueue
        self.retry = retry
        self.startToClose = startToClose
        self.scheduleToClose = scheduleToClose
        self.heartbeat = heartbeat
    }
}

/// A line of work that workers with the same name take from.
public struct TaskQueue: RawRepresentable, Codable, Hashable, Sendable, ExpressibleByStringLiteral {
    /// The name.
    public let rawValue: String
    /// Creates a queue's name.
    public init(rawValue: String) { self.rawValue = rawValue }
    /// Creates a queue's name.
    public init(stringLiteral value: String) { rawValue = value }
    /// Everything that does not need a machine of its own.
    public static let `default`: TaskQueue = "default"
}

/// How a failed attempt is followed by the next: after `initialInterval`, then each time `coefficient` longer.
public struct RetryPolicy: Codable, Sendable, Equatable {
    /// The wait before the second attempt.
    public var initialInterval: Duration
    /// What each wait is multiplied by for the next.
    public var coefficient: Double
    /// The longest wait.
    public var maximumInterval: Duration
    /// Attempts in all; nil for as long as ``ActivityOptions/scheduleToClose`` allows.
    public var maximumAttempts: Int?
    /// The share of a wait that is random, 0 to 1, so that many retries do not come together.
    public var jitter: Double
    /// Failure kinds (``ActivityFailure/kind``) that end it at once.
    public var nonRetryableKinds: Set<String>

    /// Creates a policy.
    public init(
        initialInterval: Duration, coefficient: Double = 2, maximumInterval: Duration, maximumAttempts: Int?,
        jitter: Double = 0.2, nonRetryableKinds: Set<String> = []
    ) {
        self.initialInterval = initialInterval
        self.coefficient = coefficient
        self.maximumInterval = maximumInterval
        self.maximumAttempts = maximumAttempts
        self.jitter = jitter
        self.nonRetryableKinds = nonRetryableKinds
    }

    /// Work of this machine: a few quick tries.
    public static let localWork = RetryPolicy(
        initialInterval: .milliseconds(200), maximumInterval: .seconds(10), maximumAttempts: 5)
    /// Object stores: patient, since they come back.
    public static let storage = RetryPolicy(
        initialInterval: .milliseconds(500), maximumInterval: .seconds(60), maximumAttempts: 12)
    /// Image providers: slower, since each try may cost.
    public static let imageProvider = RetryPolicy(
        initialInterval: .seconds(2), maximumInterval: .seconds(120), maximumAttempts: 8)
}

/// An error that tells the engine what to do with it and a client what to think of it.
public protocol ActivityFailure: Error {
    /// A stable word: `unsupportedImage`. Retry policies and histories name it.
    var kind: String { get }
    /// Whether the same attempt may succeed later without a change.
    var isRetryable: Bool { get }
    /// One sentence for the client: no path, no secret, what to change.
    var message: String { get }
}
