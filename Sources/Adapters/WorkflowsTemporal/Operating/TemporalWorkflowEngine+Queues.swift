import Concurrency
import Database
import FoundationEssentials
import GRPCClient
public import Workflows

extension TemporalWorkflowEngine: TaskQueueControl {
    /// Reads our rules and sessions, and asks the server what waits in each queue and who polls it.
    ///
    /// The server does not count activities between two attempts by queue, so none are told of.
    public func taskQueues() async throws -> [TaskQueueDescription] {
        let now = clock.now.microseconds
        let (rules, workers) = try await database.read { connection in
            (try QueueRule.all(on: connection), try WorkerSession.alive(at: now, on: connection))
        }
        let names = Set(rules.keys).union(workers.flatMap(\.queues))
        return try await names.sorted { $0.rawValue < $1.rawValue }.concurrentMap(atMost: 4) { [self] queue in
            let standing = try await standing(of: queue)
            var description = TaskQueueDescription(
                queue: queue, limits: rules[queue]?.limits ?? TaskQueueLimits(), pausedAt: rules[queue]?.pausedAt,
                pauseReason: rules[queue]?.pauseReason)
            description.waiting = standing.backlog
            description.running = workers.reduce(0) { $0 + ($1.running[queue] ?? 0) }
            let own = workers.filter { $0.queues.contains(queue) }.map(\.label)
            description.workers = own + Set(standing.pollers).subtracting(own).sorted()
            return description
        }
    }

    /// Writes the rule, tells the server the rate, and waits until every worker heeds the rest.
    ///
    /// Activities at once are counted by permits in our database; starts in a second by the server, over all workers.
    public func limit(_ queue: TaskQueue, to limits: TaskQueueLimits) async throws {
        try await change(queue) { $0.limits = limits }
    }

    /// Writes the rule, lets the server give out nothing more, and waits until every worker heeds it; a second pause
    /// keeps the time of the first.
    public func pause(queue: TaskQueue, reason: String) async throws {
        let now = clock.now
        try await change(queue) { rule in
            rule.pausedAt = rule.pausedAt ?? now
            rule.pauseReason = reason
        }
    }

    /// Takes the pause back, here and on the server.
    public func resume(queue: TaskQueue) async throws {
        try await change(queue) { rule in
            rule.pausedAt = nil
            rule.pauseReason = nil
        }
    }

    /// Looks a few times a second at what workers say that they run.
    public func waitUntilIdle(_ queue: TaskQueue, atMost timeout: Duration) async throws -> Bool {
        var left = timeout
        let pause = Duration.milliseconds(100)
        while true {
            let now = clock.now.microseconds
            let workers = try await database.read { try WorkerSession.alive(at: now, on: $0) }
            if workers.allSatisfy({ $0.running[queue] ?? 0 == 0 }) { return true }
            guard left > .zero else { return false }
            let step = min(pause, left)
            try await clock.sleep(for: step)
            left -= step
        }
    }

    private func change(
        _ queue: TaskQueue, _ body: @escaping @Sendable (inout QueueRule) -> Void
    ) async throws {
        let rate = try await database.write { connection in
            try QueueRule.change(queue, on: connection, body)
            return try QueueRule.all(on: connection)[queue]?.rate
        }
        // Before the workers: what they stop asking for is then not on its way to them.
        try await tellRate(rate, of: queue)
        try await database.write { try QueueRule.announceChange(on: $0) }
        queueBulletin.wakeDispatchers()
        try await untilHeeded()
    }

    /// Sets the server's own limit of a queue, which holds over all workers, ours or not.
    private func tellRate(_ rate: Double?, of queue: TaskQueue) async throws {
        var request = queueConfig(queue, WireTaskQueueType.activity)
        request.rate = WireQueueConfig.RateUpdate(
            limit: rate.map { WireQueueConfig.RateLimit(perSecond: Float($0)) }, reason: "atelier queues")
        do {
            let _: WireNothing = try await cluster.call("UpdateTaskQueueConfig", request)
        } catch let error as GRPCError where error.code == .unimplemented && (rate ?? 0) == 0 {
            // An older server: our workers heed a pause by themselves.
        }
    }

    private func queueConfig(_ queue: TaskQueue, _ type: Int) -> WireQueueConfig {
        WireQueueConfig(
            namespace: cluster.namespace, identity: cluster.identity, taskQueue: cluster.name(of: queue), type: type)
    }

    /// Returns when every live worker has acted upon the rules as they are now.
    private func untilHeeded() async throws {
        while true {
            let now = clock.now.microseconds
            let late = try await database.read { connection in
                try connection.first(
                    """
                    SELECT 1 AS one FROM temporal_sessions WHERE expires_at >= \(now) AND rules_heeded < rules_revision
                    """)
            }
            if late == nil { return }
            try await clock.sleep(for: .milliseconds(50))
        }
    }
}

// Owners.
extension TemporalWorkflowEngine {
    /// Sets an owner's weight in every queue that is known, for the server's fairness.
    ///
    /// The server shares by weight where fairness is switched on (`matching.enableFairness`, Temporal Cloud).
    /// - Parameter weight: 1 to 1000.
    public func setWeight(_ weight: Int, ofOwner owner: String) async throws {
        let weight = min(max(weight, 1), 1000)
        let key = String(owner.prefix(64))
        let queues = try await taskQueues().map(\.queue)
        for queue in Set(queues + [.default]) {
            for type in [WireTaskQueueType.activity, WireTaskQueueType.workflow] {
                guard type == WireTaskQueueType.activity || queue == .default else { continue }
                var request = queueConfig(queue, type)
                if weight > 1 {
                    request.weights = [WireQueueConfig.Weight(key: key, weight: Float(weight))]
                } else {
                    request.removedWeights = [key]
                }
                let _: WireNothing = try await cluster.call("UpdateTaskQueueConfig", request)
            }
        }
    }
}
