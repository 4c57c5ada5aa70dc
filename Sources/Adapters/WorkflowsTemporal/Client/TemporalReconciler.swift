public import Concurrency
import Database
import FoundationEssentials
import GRPCClient
public import Observability
import Workflows

/// Notes ends that nobody noted: the worker died just after the server had them, or an operator ended a workflow with
/// Temporal's own tools.
///
/// It asks for what closed since the last look, with an overlap, since lists there lag behind.
public final class TemporalReconciler: Service {
    /// How the service is called in logs.
    public let name = "temporal-reconciler"
    private static let overlap = 60.0
    private let engine: TemporalWorkflowEngine
    private let interval: Duration
    private let logger: Logger
    /// Up to when everything that closed was seen; nil before the first look.
    private let seenUntil = Locked<Date?>(nil)

    /// - Parameter interval: How often to look.
    public init(engine: TemporalWorkflowEngine, interval: Duration = .seconds(5), logger: Logger = .silent) {
        self.engine = engine
        self.interval = interval
        self.logger = logger.labelled(name)
    }

    /// Looks until `shutdown` is triggered.
    public func run(until shutdown: ShutdownSignal) async throws {
        await shutdown.every(interval, on: engine.clock) { [self] in
            let count = try await sweep()
            if count > 0 { logger.info("noted ends that were missed", ["count": .integer(count)]) }
        } onFailure: { [logger] error in
            logger.debug("ends could not be looked for", ["error": .text(String(describing: error))])
        }
    }

    /// Looks once.
    /// - Returns: How many ends were noted.
    @discardableResult
    public func sweep() async throws -> Int {
        let began = engine.clock.now
        guard let since = try await start() else {
            seenUntil.withLock { $0 = began }
            return 0
        }
        var (count, token) = (0, [UInt8]())
        repeat {
            var request = WireList(namespace: engine.cluster.namespace)
            request.pageSize = 200
            request.pageToken = token
            request.query = "CloseTime >= '\(since.formatted(.iso8601))'"
            let page = try await engine.cluster.call("ListWorkflowExecutions", request, as: WireListAnswer.self)
            for id in try await missed(page.executions.compactMap { $0.execution?.workflowID }) {
                // Its end is noted by whoever sees it.
                if try await engine.describe(id)?.status.isClosed == true { count += 1 }
            }
            token = page.pageToken
        } while !token.isEmpty
        seenUntil.withLock { $0 = began }
        return count
    }

    /// Since when to look; nil when nothing is open.
    private func start() async throws -> Date? {
        let oldest = try await engine.database.read { connection in
            try connection.first(
                "SELECT MIN(started_at) AS oldest FROM temporal_workflows WHERE status = 'running'"
            )?.optionalInteger("oldest")
        }
        guard let oldest else { return nil }
        let seen = seenUntil.withLock { $0 } ?? .distantPast
        return max(Date(microseconds: oldest), seen).addingTimeInterval(-Self.overlap)
    }

    /// Which of `ids` are open as far as is known here.
    private func missed(_ ids: [String]) async throws -> [WorkflowID] {
        guard !ids.isEmpty else { return [] }
        return try await engine.database.read { connection in
            try connection.query(
                """
                SELECT workflow_id FROM temporal_workflows
                WHERE status = 'running' AND is_dispatched = 1 AND workflow_id IN (\(list: ids))
                """
            ).map { WorkflowID(recorded: try $0.text("workflow_id")) }
        }
    }
}
