package import Concurrency
package import FoundationEssentials
package import Observability

/// When an engine removes workflows that ended long ago, and when it does not: a clock that was set forward would make
/// everything old at once.
package struct RetentionSchedule: Sendable {
    private let keep: Duration
    private let interval: Duration
    private let clock: any WallClock
    private let watch: ClockWatch
    package let logger: Logger

    /// - Parameters:
    ///   - keep: How long an ended workflow stays.
    ///   - interval: How often to look.
    package init(keep: Duration, interval: Duration, clock: any WallClock, logger: Logger) {
        self.keep = keep
        self.interval = interval
        self.clock = clock
        watch = ClockWatch(clock)
        self.logger = logger.labelled("workflow-retention")
    }

    /// Sweeps now and then every interval; a sweep that fails is repeated with the next.
    /// - Parameter sweep: Returns how many workflows it removed.
    package func run(
        until shutdown: ShutdownSignal, _ sweep: @escaping @Sendable () async throws -> Int
    ) async {
        await shutdown.every(interval, on: clock) { [logger] in
            let count = try await sweep()
            if count > 0 { logger.info("removed ended workflows", ["count": .integer(count)]) }
        } onFailure: { [logger] error in
            logger.warning("ended workflows could not be removed", ["error": .text(String(describing: error))])
        }
    }

    /// What ended before this may go; nil for a day after the clock was set forward.
    package var oldest: Date? {
        guard watch.isTrusted else {
            logger.warning("the clock was set forward; nothing is removed for a day")
            return nil
        }
        return clock.now.addingTimeInterval(-keep.seconds)
    }

    /// Removes the files of an ended workflow.
    /// - Returns: Whether its record may go, too; a failure is logged.
    package func forget(
        _ job: WorkflowDescription, by forget: (WorkflowDescription) async throws -> Void
    ) async -> Bool {
        do {
            try await forget(job)
            return true
        } catch {
            logger.warning(
                "the files of an ended workflow could not be removed",
                ["job_id": .text(job.id.rawValue), "error": .text(String(describing: error))])
            return false
        }
    }
}
