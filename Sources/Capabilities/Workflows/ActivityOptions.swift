/// Where an activity runs and how long and how often it is tried.
public struct ActivityOptions: Codable, Sendable, Equatable {
    /// The task queue whose workers take it.
    public var taskQueue: TaskQueue
    /// How it is tried again.
    public var retry: RetryPolicy
    /// The most one attempt may take.
    ///
    /// Then it is cancelled and the next may begin; code that does not heed its cancellation keeps its worker's slot
    /// until it returns.
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
