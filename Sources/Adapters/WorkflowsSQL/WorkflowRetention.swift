public import Concurrency
import Database
import FoundationEssentials
public import Observability

/// Removes workflows that ended long ago, with their histories.
public final class WorkflowRetention: Service {
    /// How the service is called in logs.
    public let name = "workflow-retention"
    private let engine: SQLWorkflowEngine
    private let keep: Duration
    private let interval: Duration
    private let logger: Logger

    /// - Parameters:
    ///   - keep: How long an ended workflow stays.
    ///   - interval: How often to look.
    public init(
        engine: SQLWorkflowEngine, keep: Duration = .seconds(30 * 86_400), interval: Duration = .seconds(3600),
        logger: Logger = .silent
    ) {
        self.engine = engine
        self.keep = keep
        self.interval = interval
        self.logger = logger.labelled(name)
    }

    /// Sweeps now and then every interval.
    ///
    /// A sweep that fails is repeated with the next.
    public func run(until shutdown: ShutdownSignal) async throws {
        while !shutdown.isTriggered {
            do {
                let count = try await sweep()
                if count > 0 { logger.info("removed ended workflows", ["count": .integer(count)]) }
            } catch let error as DatabaseError where error.isRetryable {
                logger.warning("ended workflows could not be removed", ["error": .text(String(describing: error))])
            }
            await withTaskGroup(of: Void.self) { [engine, interval] group in
                // Ends early only when it is cancelled, because of the shutdown.
                group.addTask { try? await engine.clock.sleep(for: interval) }
                group.addTask { await shutdown.wait() }
                await group.next()
                group.cancelAll()
            }
        }
    }

    /// Removes what is past its time, in small transactions that hold nobody up.
    /// - Returns: How many workflows were removed.
    @discardableResult
    public func sweep() async throws -> Int {
        let oldest = engine.clock.now.microseconds - keep.microseconds
        var total = 0
        while true {
            let count = try await engine.database.write { connection in
                let rows = try connection.query(
                    "SELECT id FROM workflow_runs WHERE state = 4 AND closed_at < \(oldest) ORDER BY closed_at LIMIT 100"
                )
                for row in rows {
                    let run = try row.integer("id")
                    try connection.execute("DELETE FROM workflow_history WHERE run = \(run)")
                    try connection.execute("DELETE FROM workflow_inbox WHERE run = \(run)")
                    try connection.execute("DELETE FROM activity_attempts WHERE run = \(run)")
                    try connection.execute("DELETE FROM workflow_history_archive WHERE run = \(run)")
                    try connection.execute("DELETE FROM workflow_reopenings WHERE run = \(run)")
                    try connection.execute("DELETE FROM workflow_runs WHERE id = \(run)")
                }
                return rows.count
            }
            total += count
            if count == 0 { return total }
        }
    }
}
