public import Web
public import Workflows

/// Limits and pauses of task queues, and the owners' shares of them, for whoever looks after the program.
public struct QueueRoutes: Sendable {
    private let queues: any TaskQueueControl
    private let access: Access

    /// Creates the routes.
    public init(queues: any TaskQueueControl, access: Access) {
        self.queues = queues
        self.access = access
    }

    /// Adds them.
    public func register(in router: inout Router) {
        for route in [list, limit, pause, resume, drain, weight] { router.add(route) }
    }

    private static let tags = ["Queues"]
    private static var queue: Input<String> {
        .path("name", .string(length: 1...100), doc: "The queue's name, such as default or gpu.")
    }
    private static var reason: Input<String?> {
        .query(optional: "reason", .string(length: 1...500), doc: "What for; shown with the queue.")
    }

    private var list: Route {
        Route(
            .get, "/admin/queues", summary: "List the task queues", tags: Self.tags, access: access,
            returns: .ok(TaskQueueList.self)
        ) { [queues] _ in TaskQueueList(items: try await queues.taskQueues().map { TaskQueueAnswer($0) }) }
    }

    private var limit: Route {
        Route(
            .put, "/admin/queues/{name}", summary: "Limit a task queue",
            doc: "The limits hold over all processes; null lifts one.", tags: Self.tags, access: access, Self.queue,
            .body(TaskQueueLimits.schema), returns: .ok(TaskQueueAnswer.self)
        ) { [queues] _, name, limits in
            try await queues.limit(TaskQueue(rawValue: name), to: limits)
            return try await answer(name)
        }
    }

    private var pause: Route {
        Route(
            .post, "/admin/queues/{name}/pause", summary: "Pause a task queue",
            doc: "From the answer on nothing of it starts anywhere; what runs goes on.", tags: Self.tags,
            access: access, Self.queue, Self.reason, returns: .ok(TaskQueueAnswer.self)
        ) { [queues] _, name, reason in
            try await queues.pause(queue: TaskQueue(rawValue: name), reason: reason ?? "")
            return try await answer(name)
        }
    }

    private var resume: Route {
        Route(
            .post, "/admin/queues/{name}/resume", summary: "Let a paused task queue go on", tags: Self.tags,
            access: access, Self.queue, returns: .ok(TaskQueueAnswer.self)
        ) { [queues] _, name in
            try await queues.resume(queue: TaskQueue(rawValue: name))
            return try await answer(name)
        }
    }

    private var drain: Route {
        Route(
            .post, "/admin/queues/{name}/drain", summary: "Pause a task queue and wait until nothing of it runs",
            doc: "The answer tells how many still run when the wait was too short; the queue stays paused.",
            tags: Self.tags, access: access, Self.queue, Self.reason,
            .query("timeout", .integer(0...60), default: 30, doc: "How long to wait, in seconds."),
            returns: .ok(TaskQueueAnswer.self)
        ) { [queues] _, name, reason, timeout in
            let queue = TaskQueue(rawValue: name)
            try await queues.pause(queue: queue, reason: reason ?? "drained")
            _ = try await queues.waitUntilIdle(queue, atMost: .seconds(timeout))
            return try await answer(name)
        }
    }

    private var weight: Route {
        Route(
            .put, "/admin/owners/{owner}/weight", summary: "Set an owner's share of the queues",
            doc: "Owners take turns; a weight is how many activities a turn has.", tags: Self.tags, access: access,
            .path("owner", .string(length: 1...200), doc: "Whose jobs."), .body(OwnerWeight.body),
            returns: .ok(OwnerWeight.self)
        ) { [queues] _, owner, weight in
            try await queues.setWeight(weight.weight, ofOwner: owner)
            return weight
        }
    }

    private func answer(_ name: String) async throws -> TaskQueueAnswer {
        let all = try await queues.taskQueues()
        // One without a rule, without workers and without work is not in the list.
        return TaskQueueAnswer(
            all.first { $0.queue.rawValue == name } ?? TaskQueueDescription(queue: TaskQueue(rawValue: name)))
    }
}

extension TaskQueueLimits {
    /// The body of `PUT /admin/queues/{name}`.
    fileprivate static let schema: Schema<TaskQueueLimits> = .object(
        "TaskQueueLimits",
        .optional("concurrency", .integer(0...100_000), example: 4, doc: "Activities at once, all processes together."),
        .optional("rate", .number(0.001...100_000), example: 2, doc: "Starts a second.")
    ) { concurrency, rate in TaskQueueLimits(concurrency: concurrency, startsPerSecond: rate) }
}

/// An owner's share of the queues.
struct OwnerWeight: ResponseModel {
    let weight: Int

    static let body: Schema<OwnerWeight> = .object(
        "OwnerWeightChange", .required("weight", .integer(1...1000), example: 3)
    ) { OwnerWeight(weight: $0) }
    static let schema = JSONSchema.object("OwnerWeight", [.property("weight", .integer())])
    static let example = OwnerWeight(weight: 3)
}
