public import FoundationEssentials

/// Limits, pauses and turns that hold over all processes: the operators' side of durable execution.
public protocol TaskQueueControl: Sendable {
    /// Every queue that something waits in, that a worker serves, or that has a rule; by name.
    func taskQueues() async throws -> [TaskQueueDescription]

    /// Sets how many activities of a queue may run or start; what runs already goes on.
    func limit(_ queue: TaskQueue, to limits: TaskQueueLimits) async throws

    /// Lets nothing of a queue start anywhere from this call's return on; what runs goes on.
    func pause(queue: TaskQueue, reason: String) async throws

    /// Lets a paused queue go on.
    func resume(queue: TaskQueue) async throws

    /// Sets how many rows an owner gets a turn; everybody has 1 otherwise.
    /// - Parameter weight: 1 to 1000.
    func setWeight(_ weight: Int, ofOwner owner: String) async throws

    /// Waits until nothing of a queue runs; pause it before.
    /// - Returns: False when something still ran at the end of `timeout`.
    func waitUntilIdle(_ queue: TaskQueue, atMost timeout: Duration) async throws -> Bool
}

/// What may run of a task queue, all processes together.
public struct TaskQueueLimits: Sendable, Equatable {
    /// Activities at once; nil for no limit but the workers' own slots.
    public var concurrency: Int?
    /// Attempts that may start in a second, as an average; up to a second's worth may start at once.
    public var startsPerSecond: Double?

    /// Creates limits.
    public init(concurrency: Int? = nil, startsPerSecond: Double? = nil) {
        self.concurrency = concurrency.map { max(0, $0) }
        self.startsPerSecond = startsPerSecond.map { max(0.000_1, $0) }
    }
}

/// Where a task queue stands.
public struct TaskQueueDescription: Sendable, Equatable {
    /// Its name.
    public var queue: TaskQueue
    /// What holds over all processes.
    public var limits: TaskQueueLimits
    /// Since when nothing starts; nil while it is not paused.
    public var pausedAt: Date?
    /// Why it was paused.
    public var pauseReason: String?
    /// Activities that wait for a slot.
    public var waiting = 0
    /// Activities that wait for their next attempt.
    public var backingOff = 0
    /// Activities that run.
    public var running = 0
    /// Activities that were put aside: their workers died in them, or their job is paused.
    public var parked = 0
    /// The workers that serve it.
    public var workers: [String] = []

    /// Creates a description; for engines.
    public init(
        queue: TaskQueue, limits: TaskQueueLimits = TaskQueueLimits(), pausedAt: Date? = nil,
        pauseReason: String? = nil
    ) {
        self.queue = queue
        self.limits = limits
        self.pausedAt = pausedAt
        self.pauseReason = pauseReason
    }
}
