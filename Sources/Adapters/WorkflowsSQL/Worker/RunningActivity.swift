import Concurrency
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
    let startedAt: Date
    /// When it began and last gave a sign of life, in monotonic time: a clock that jumps ends no attempt.
    private let began: Duration
    var lastSign: Duration
    /// How much of the time for all attempts was left when it began.
    private let timeLeft: Duration?
    var handle: Task<Void, Never>?
    var stopReason: StopReason?

    init(number: Int, task: ClaimedTask, options: ActivityOptions, at now: Date, uptime: Duration) {
        self.number = number
        self.task = task
        self.options = options
        startedAt = now
        began = uptime
        lastSign = uptime
        timeLeft = task.expiresAt.map { .microseconds($0 - now.microseconds) }
    }

    /// The first limit that it will break if it goes on in silence, and when in monotonic time.
    var limit: (at: Duration, kind: String) {
        var limit = (at: began + options.startToClose, kind: WorkflowFailure.Kind.startToCloseTimeout)
        if let heartbeat = options.heartbeat {
            let silent = lastSign + heartbeat
            if silent < limit.at { limit = (silent, WorkflowFailure.Kind.heartbeatTimeout) }
        }
        if let timeLeft, began + timeLeft < limit.at {
            limit = (began + timeLeft, WorkflowFailure.Kind.scheduleToCloseTimeout)
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
