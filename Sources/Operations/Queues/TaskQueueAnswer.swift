import FoundationEssentials
public import Web
public import Workflows

/// A task queue as operators see it, over HTTP and in the terminal.
public struct TaskQueueAnswer: ResponseModel {
    private let queue: TaskQueueDescription

    /// Shows `queue`.
    public init(_ queue: TaskQueueDescription) { self.queue = queue }

    private enum CodingKeys: String, CodingKey {
        case name, waiting
        case backingOff = "backing_off"
        case running, parked
        case concurrencyLimit = "concurrency_limit"
        case rateLimit = "rate_limit"
        case pausedAt = "paused_at"
        case pauseReason = "pause_reason"
        case workers
    }

    /// Writes every member, also those that are null.
    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(queue.queue.rawValue, forKey: .name)
        try fields.encode(queue.waiting, forKey: .waiting)
        try fields.encode(queue.backingOff, forKey: .backingOff)
        try fields.encode(queue.running, forKey: .running)
        try fields.encode(queue.parked, forKey: .parked)
        try fields.encode(queue.limits.concurrency, forKey: .concurrencyLimit)
        try fields.encode(queue.limits.startsPerSecond, forKey: .rateLimit)
        try fields.encode(queue.pausedAt?.iso8601, forKey: .pausedAt)
        try fields.encode(queue.pauseReason, forKey: .pauseReason)
        try fields.encode(queue.workers, forKey: .workers)
    }

    /// The shape.
    public static let schema = JSONSchema.object(
        "TaskQueue",
        [
            .property("name", .string()), .property("waiting", .integer(), doc: "Activities that wait for a slot."),
            .property("backing_off", .integer(), doc: "Activities that wait for their next attempt."),
            .property("running", .integer()),
            .property("parked", .integer(), doc: "Activities that were put aside, or whose job is paused."),
            .property("concurrency_limit", .nullable(.integer()), doc: "Activities at once, all processes together."),
            .property("rate_limit", .nullable(.number()), doc: "Starts a second."),
            .property("paused_at", .nullable(.string(format: "date-time"))),
            .property("pause_reason", .nullable(.string())),
            .property("workers", .array(of: .string()), doc: "Who serves it."),
        ])

    /// A limited queue at work.
    public static var example: TaskQueueAnswer {
        var queue = TaskQueueDescription(
            queue: "gpu", limits: TaskQueueLimits(concurrency: 4, startsPerSecond: 2))
        (queue.waiting, queue.running, queue.workers) = (17, 4, ["studio-2:4711"])
        return TaskQueueAnswer(queue)
    }
}

/// Every queue.
struct TaskQueueList: ResponseModel {
    let items: [TaskQueueAnswer]
    static let schema = JSONSchema.object("TaskQueueList", [.property("items", .array(of: TaskQueueAnswer.schema))])
    static let example = TaskQueueList(items: [.example])
}
