import Concurrency
import Database
import FoundationEssentials
import Observability
import Workflows

/// An attempt that runs here.
///
/// Only the worker's actor touches it.
struct RunningActivity {
    /// Why it was told to stop.
    enum StopReason { case requested, stopping, leaseLost }

    let number: Int
    let task: ClaimedTask
    let options: ActivityOptions
    /// In the clock's uptime, as is the last sign of life: a corrected time of day must end no attempt.
    let startedAt: Duration
    var lastHeartbeat: Duration
    var handle: Task<Void, Never>?
    var stopReason: StopReason?

    init(number: Int, task: ClaimedTask, options: ActivityOptions, at uptime: Duration) {
        self.number = number
        self.task = task
        self.options = options
        startedAt = uptime
        lastHeartbeat = uptime
    }

    /// The first limit that it will break if it goes on in silence, and how long until then.
    func limit(on clock: any WallClock) -> (left: Duration, kind: String) {
        let uptime = clock.uptime
        var limit = (
            left: startedAt + options.startToClose - uptime, kind: WorkflowFailure.Kind.startToCloseTimeout
        )
        if let heartbeat = options.heartbeat {
            let silence = lastHeartbeat + heartbeat - uptime
            if silence < limit.left { limit = (silence, WorkflowFailure.Kind.heartbeatTimeout) }
        }
        if let expiresAt = task.expiresAt {
            // On record, since other processes watch it too; so it goes by the time of day.
            let rest = Duration.microseconds(Int64(expiresAt - clock.now.microseconds))
            if rest < limit.left { limit = (rest, WorkflowFailure.Kind.scheduleToCloseTimeout) }
        }
        return limit
    }

    mutating func stop(_ reason: StopReason) {
        if stopReason == nil || reason == .leaseLost { stopReason = reason }
        handle?.cancel()
    }
}

/// What came of an attempt.
enum AttemptOutcome: Sendable {
    case completed(Payload)
    case failed(WorkflowFailure, isRetryable: Bool, retryAfter: Duration?)
    case cancelled

    /// Runs the activity's code, with the job's fields on every line that it logs.
    static func of(
        _ activity: RegisteredActivity, _ task: ClaimedTask, _ context: ActivityContext, logger: Logger
    ) async -> AttemptOutcome {
        var fields = task.logContext.mapValues { LogValue.text($0) }
        fields["job_id"] = .text(task.workflowID.rawValue)
        fields["activity"] = .text(task.key.activityID)
        fields["attempt"] = .integer(task.attempt)
        return await LogContext.with(fields) {
            do {
                return .completed(try await activity.run(task.input, context))
            } catch is CancellationError where Task.isCancelled {
                return .cancelled
            } catch {
                return failed(error, task, logger)
            }
        }
    }

    private static func failed(_ error: any Error, _ task: ClaimedTask, _ logger: Logger) -> AttemptOutcome {
        let failure = WorkflowFailure(recording: error, activity: task.name, attempts: task.attempt)
        logger.warning(
            "activity attempt failed",
            ["kind": .text(failure.kind), "error": .text(failure.message), "cause": .text(failure.cause ?? "")])
        let known = error as? any ActivityFailure
        return .failed(failure, isRetryable: known?.isRetryable ?? true, retryAfter: known?.retryAfter)
    }
}
