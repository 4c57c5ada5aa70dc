import Concurrency
import Database
import FoundationEssentials
import GRPCClient
import Workflows

/// A task queue as the server sees it.
struct QueueStanding: Sendable {
    /// The identities of those who asked for tasks of late.
    var pollers: [String] = []
    /// Tasks that wait for a worker, about.
    var backlog = 0
    /// Whether the rate limit has kept a task waiting in the last half minute.
    var isRateLimited = false

    /// A poll is open for a minute, and seen when it begins.
    private static let pollTime: TimeInterval = 75

    init(_ wire: WireQueueDescription, now: Date) {
        pollers = wire.pollers.filter { poller in
            poller.lastAccess.map { now.timeIntervalSince($0) < Self.pollTime } ?? false
        }.map(\.identity)
        backlog = wire.stats?.backlog ?? 0
        isRateLimited = wire.stats?.isRateLimited ?? false
    }
}

extension TemporalWorkflowEngine {
    /// Asks the server after one of our queues.
    /// - Parameter type: One of ``WireTaskQueueType``.
    func standing(of queue: TaskQueue, type: Int = WireTaskQueueType.activity) async throws -> QueueStanding {
        var request = WireDescribeQueue(namespace: cluster.namespace)
        request.taskQueue = WireTaskQueue(name: cluster.name(of: queue), kind: WireTaskQueue.Kind.normal)
        request.type = type
        request.reportsStats = true
        let wire = try await cluster.call(
            "DescribeTaskQueue", request, as: WireQueueDescription.self, patience: .seconds(3))
        return QueueStanding(wire, now: Date())
    }
}
