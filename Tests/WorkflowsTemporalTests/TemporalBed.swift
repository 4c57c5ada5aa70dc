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
            } catch let error as GRPCError where error.code == .unavailable {
                try await Task.sleep(for: .milliseconds(20))
            }
        }
    }

    func withWorker(
        _ registry: WorkflowRegistry, queues: [TaskQueue: Int], _ body: @Sendable () async throws -> Void
    ) async throws {
        let worker = TemporalWorker(engine: temporal, registry: registry, queues: queues, limits: limits)
        let dispatcher = TemporalDispatcher(engine: temporal)
        let shutdown = ShutdownSignal()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await dispatcher.run(until: shutdown) }
            if queues == [.default: 1] { try await decideWhatWaits(registry) }
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
    /// Lets what was admitted before schedule its activities, which then all wait when a worker with one slot comes.
    private func decideWhatWaits(_ registry: WorkflowRegistry) async throws {
        let admitted = try await engine.list(WorkflowFilter(status: .running)).workflows.count
        guard admitted > 0 else { return }
        let decider = TemporalWorker(
            engine: temporal, registry: registry, queues: [.default: 0], holdsWorkflows: true, limits: limits)
        let shutdown = ShutdownSignal()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await decider.run(until: shutdown) }
            defer { shutdown.trigger() }
            var request = WireDescribeQueue(namespace: namespace)
            request.taskQueue = WireTaskQueue(name: temporal.cluster.workflowQueue, kind: WireTaskQueue.Kind.normal)
            request.type = WireTaskQueueType.activity
            request.reportsStats = true
            var waiting = 0
            while waiting < admitted {
                let queue = try await temporal.cluster.call("DescribeTaskQueue", request, as: WireQueueDescription.self)
                waiting = queue.stats?.backlog ?? 0
            }
        }
    }
}

/// The message `RegisterNamespaceRequest`.
private struct RegisterNamespace: ProtoMessage {
    var namespace = ""
    var retention: Duration?
    static let fields: [ProtoField<Self>] = [.string(1, \.namespace), .duration(4, \.retention)]
}
