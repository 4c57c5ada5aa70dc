public import Concurrency
import Database
import FoundationEssentials
public import Observability
public import Workflows

/// Removes workflows that ended long ago: first the files that they needed on their way, then their histories.
///
/// It works in small transactions with a pause after each, so that it never holds up whoever else writes.
public final class WorkflowRetention: Service {
    /// How the service is called in logs.
    public let name = "workflow-retention"
    private let engine: SQLWorkflowEngine
    private let pause: Duration
    private let rowsATransaction: Int
    private let forget: @Sendable (WorkflowDescription) async throws -> Void
    private let schedule: RetentionSchedule

    /// - Parameters:
    ///   - keep: How long an ended workflow stays.
    ///   - interval: How often to look.
    ///   - pause: The wait after each transaction.
    ///   - rowsATransaction: The most that one transaction removes.
    ///   - forget: Removes a workflow's files. Called before its history goes, and again if that fails; a workflow whose
    ///     files cannot be removed stays until they can.
    public init(
        engine: SQLWorkflowEngine, keep: Duration = .seconds(30 * 86_400), interval: Duration = .seconds(3600),
        pause: Duration = .milliseconds(20), rowsATransaction: Int = 500, logger: Logger = .silent,
        forget: @escaping @Sendable (WorkflowDescription) async throws -> Void = { _ in }
    ) {
        self.engine = engine
        self.pause = pause
        self.rowsATransaction = max(1, rowsATransaction)
        self.forget = forget
        schedule = RetentionSchedule(keep: keep, interval: interval, clock: engine.clock, logger: logger)
    }

    /// Sweeps now and then every interval.
    ///
    /// A sweep that fails is repeated with the next.
    public func run(until shutdown: ShutdownSignal) async throws {
        await schedule.run(until: shutdown) { [self] in try await sweep() }
    }

    /// Removes what is past its time; nothing for a day after the clock was set forward.
    /// - Returns: How many workflows were removed.
    @discardableResult
    public func sweep() async throws -> Int {
        guard let oldest = schedule.oldest else { return 0 }
        try await markExpired(before: oldest.microseconds)
        var (total, last) = (0, 0)
        while true {
            let runs = try await engine.database.read { [last] connection in
                try ExpiredRun.marked(after: last, atMost: 100, on: connection)
            }
            guard let end = runs.last else { return total }
            last = end.id
            let forgotten = try await forgetFiles(of: runs)
            try await remove(forgotten)
            total += forgotten.count
        }
    }

    /// From here on nobody reopens them: an operator must not bring back half of a history.
    private func markExpired(before oldest: Int) async throws {
        while true {
            let count = try await engine.database.write { connection in
                try ExpiredRun.mark(before: oldest, atMost: 100, on: connection)
            }
            guard count > 0 else { return }
            try await engine.clock.sleep(for: pause)
        }
    }

    /// - Returns: Those whose histories may go.
    private func forgetFiles(of runs: [ExpiredRun]) async throws -> [ExpiredRun] {
        var forgotten: [ExpiredRun] = []
        for run in runs {
            guard let job = try await engine.describe(run.workflowID) else { continue }
            if await schedule.forget(job, by: forget) { forgotten.append(run) }
        }
        return forgotten
    }

    private func remove(_ runs: [ExpiredRun]) async throws {
        var rest = runs[...]
        while !rest.isEmpty {
            let done = try await engine.database.write { [rest, rowsATransaction] connection in
                var (room, done) = (rowsATransaction, 0)
                for run in rest {
                    let count = try run.remove(atMost: room, on: connection)
                    room -= count
                    if room <= 0 { break }
                    done += 1
                }
                return done
            }
            rest = rest.dropFirst(done)
            try await engine.clock.sleep(for: pause)
        }
    }
}
