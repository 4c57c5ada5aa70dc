import Concurrency
import Database
import FoundationEssentials
import GRPCClient
import Workflows
import WorkflowsTemporal

/// A Temporal server to measure on, with task queues of the measurement's own.
struct TemporalStage: Sendable {
    private let address: TemporalAddress
    private let namespace: String

    /// - Parameter address: `HOST:PORT` of a server without encryption.
    init(_ text: String, namespace: String) throws {
        guard let address = TemporalAddress(text) else { throw UsageError("--temporal takes HOST:PORT") }
        (self.address, self.namespace) = (address, namespace)
    }

    /// Runs `body` while a worker that knows `registry` works there, and a dispatcher tells it what is admitted in
    /// `scratch`: the way of every job of the product.
    func working<Value: Sendable>(
        _ registry: WorkflowRegistry, slots: Int, on scratch: ScratchDatabase,
        _ body: @escaping @Sendable (TemporalWorkflowEngine) async throws -> Value
    ) async throws -> Value {
        _ = try await Migrator(Migration.temporal, clock: SystemClock()).run(on: scratch.database)
        let channel = try GRPCChannel(ChannelConfiguration(host: address.host, port: address.port))
        let cluster = TemporalCluster(
            channel: channel, namespace: namespace, identity: TemporalCluster.processIdentity,
            queuePrefix: "atelier-bench-\(UUID().uuidString.prefix(8).lowercased())-")
        let engine = TemporalWorkflowEngine(cluster: cluster, database: scratch.database)
        let worker = TemporalWorker(engine: engine, registry: registry, queues: [.default: slots])
        let dispatcher = TemporalDispatcher(engine: engine)
        let value = try await Self.serving([worker, dispatcher]) { try await body(engine) }
        await channel.close()
        return value
    }

    private static func serving<Value: Sendable>(
        _ services: [any Service], _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let shutdown = ShutdownSignal()
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            for service in services {
                group.addTask {
                    try await service.run(until: shutdown)
                    return nil
                }
            }
            group.addTask {
                defer { shutdown.trigger() }
                return try await body()
            }
            var value: Value?
            while let ended = try await group.next() { value = ended ?? value }
            guard let value else { throw LoadFault.broken("the worker ended before its work did") }
            return value
        }
    }
}
