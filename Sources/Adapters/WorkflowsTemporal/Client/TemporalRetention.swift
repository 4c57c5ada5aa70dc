public import Concurrency
import Database
import FoundationEssentials
public import Observability
public import Workflows

/// Removes the rows of workflows that ended long ago, and the files that they needed on their way.
///
/// Their histories are the server's, which keeps them for as long as its namespace says.
public final class TemporalRetention: Service {
    /// How the service is called in logs.
    public let name = "workflow-retention"
    private static let page = 100
    private let engine: TemporalWorkflowEngine
    private let schedule: RetentionSchedule
    private let forget: @Sendable (WorkflowDescription) async throws -> Void

    /// - Parameters:
    ///   - keep: How long an ended workflow stays.
    ///   - forget: Removes a workflow's files; called again if it fails, and its row stays until then.
    public init(
        engine: TemporalWorkflowEngine, keep: Duration, interval: Duration = .seconds(3600),
        logger: Logger = .silent, forget: @escaping @Sendable (WorkflowDescription) async throws -> Void
    ) {
        self.engine = engine
        self.forget = forget
        schedule = RetentionSchedule(keep: keep, interval: interval, clock: engine.clock, logger: logger)
    }

    /// Sweeps now and then every interval.
    public func run(until shutdown: ShutdownSignal) async throws {
        await schedule.run(until: shutdown) { [self] in try await sweep() }
    }

    /// Removes what is past its time; nothing for a day after the clock was set forward.
    /// - Returns: How many workflows were removed.
    @discardableResult
    public func sweep() async throws -> Int {
        guard let oldest = schedule.oldest?.microseconds else { return 0 }
        var (total, last) = (0, 0)
        while true {
            let rows = try await expired(before: oldest, after: last)
            guard let end = rows.last else { return total }
            last = end.id
            var forgotten: [Int] = []
            for row in rows where await schedule.forget(row.job, by: forget) { forgotten.append(row.id) }
            total += forgotten.count
            guard !forgotten.isEmpty else { continue }
            try await engine.database.write { [forgotten] connection in
                try connection.execute(
                    "DELETE FROM temporal_workflows WHERE status <> 'running' AND id IN (\(list: forgotten))")
            }
        }
    }

    private struct Expired: Sendable {
        let id: Int
        let job: WorkflowDescription
    }

    private func expired(before oldest: Int, after last: Int) async throws -> [Expired] {
        try await engine.database.read { connection in
            let columns = WorkflowRows.columns
            let rows = try connection.query(
                """
                SELECT \(unsafe: columns) FROM temporal_workflows
                WHERE id > \(last) AND status <> 'running' AND closed_at < \(oldest) ORDER BY id LIMIT \(Self.page)
                """)
            return try rows.map { Expired(id: try $0.integer("id"), job: try WorkflowRows.description(of: $0)) }
        }
    }
}
