import AtelierTesting
import Concurrency
import Database
import Foundation
import GRPCClient
import Observability
import Testing
import Workflows

@testable import WorkflowsTemporal

/// The Temporal engine on the server that `./test.sh` has started, with task queues of a test's own.
struct TemporalBed: WorkflowTestBed {
    let temporal: TemporalWorkflowEngine
    let channel: GRPCChannel
    let namespace: String
    private let limits: TemporalWorkerLimits
    var engine: any WorkflowEngine { temporal }

    static let address = ProcessInfo.processInfo.environment["ATELIER_TEST_TEMPORAL"]

    /// Makes a namespace of the bed's own, since workflow ids are unique within one.
    init(_ database: any Database, limits: TemporalWorkerLimits = TemporalWorkerLimits()) async throws {
        self.limits = limits
        let parts = (Self.address ?? "").split(separator: ":")
        let host = String(try #require(parts.first))
        let port = try #require(parts.last.flatMap { Int($0) })
        channel = try GRPCChannel(ChannelConfiguration(host: host, port: port))
        namespace = "test-" + UUID().uuidString.lowercased()
        let request = RegisterNamespace(namespace: namespace, retention: .seconds(86_400))
        _ = try await channel.call(
            "/temporal.api.workflowservice.v1.WorkflowService/RegisterNamespace", request.protoBytes,
            timeout: .seconds(10))
        let cluster = TemporalCluster(channel: channel, namespace: namespace, identity: "test")
        try await Self.untilKnown(cluster)
        temporal = TemporalWorkflowEngine(cluster: cluster, database: database)
    }

    /// A new namespace takes a moment to reach every part of the server.
    private static func untilKnown(_ cluster: TemporalCluster) async throws {
        while true {
            do {
                _ = try await cluster.probe()
                return
            } catch let error as GRPCError where error.code == .notFound {
                try await Task.sleep(for: .milliseconds(20))
            }
        }
    }

    func withWorker(
        _ registry: WorkflowRegistry, queues: [TaskQueue: Int], _ body: @Sendable () async throws -> Void
    ) async throws {
        // Who has one slot wants one thing after the other.
        let isSingle = queues.values.allSatisfy { $0 == 1 }
        var limits = limits
        if isSingle { limits.workflowPolls = 1 }
        let worker = TemporalWorker(engine: temporal, registry: registry, queues: queues, limits: limits)
        let dispatcher = TemporalDispatcher(engine: temporal, concurrency: isSingle ? 1 : 32)
        let shutdown = ShutdownSignal()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await dispatcher.run(until: shutdown) }
            if isSingle { try await untilQueued() }
            group.addTask { try await worker.run(until: shutdown) }
            do { try await body() } catch {
                shutdown.trigger()
                throw error
            }
            shutdown.trigger()
            try await group.waitForAll()
        }
    }
}

extension TemporalBed {
    /// What was admitted before the worker waits in the server's queue when it begins, as where nothing lies between.
    fileprivate func untilQueued() async throws {
        let admitted = try await engine.list(WorkflowFilter(status: .running)).workflows.count
        var request = WireDescribeQueue(namespace: namespace)
        request.taskQueue = WireTaskQueue(name: temporal.cluster.workflowQueue, kind: WireTaskQueue.Kind.normal)
        request.type = WireTaskQueueType.workflow
        request.reportsStats = true
        var queued = 0
        while queued < admitted {
            let queue = try await temporal.cluster.call("DescribeTaskQueue", request, as: WireQueueDescription.self)
            queued = queue.stats?.backlog ?? 0
        }
    }
}

/// The message `RegisterNamespaceRequest`.
private struct RegisterNamespace: ProtoMessage {
    var namespace = ""
    var retention: Duration?
    static let fields: [ProtoField<Self>] = [.string(1, \.namespace), .duration(4, \.retention)]
}
