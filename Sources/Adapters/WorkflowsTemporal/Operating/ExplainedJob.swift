import Concurrency
import Database
import FoundationEssentials
import GRPCClient
import Workflows

/// A running job whose standing is to be explained.
struct ExplainedJob {
    let job: WorkflowDescription
    let wire: WireDescription
    let now: Date

    /// The pending activity that says most: what runs before what waits.
    var mostTelling: PendingActivity? {
        let order: [PendingActivity.State] = [.parked, .running, .cancelling, .backoff, .queued]
        for state in order {
            if let found = job.pendingActivities.first(where: { $0.state == state }) { return found }
        }
        return nil
    }

    /// What the server alone knows of an activity.
    func detail(of activity: PendingActivity) -> WirePendingActivity? {
        wire.pendingActivities.first { $0.activityID == activity.id }
    }

    func running(_ activity: PendingActivity) -> WorkflowExplanation {
        let detail = detail(of: activity)
        let worker = detail?.lastWorker ?? ""
        let place = worker.isEmpty ? "" : " on \(worker)"
        let length = detail?.startedAt.map { start in
            " for " + Duration.seconds(max(0, now.timeIntervalSince(start))).inWords
        }
        let others = job.pendingActivities.count { $0.state == .running } - 1
        let more = others > 0 ? ", and \(others) more" : ""
        return WorkflowExplanation(
            .running, "Running: \(activity.activity), attempt \(activity.attempt),\(length ?? "")\(place)\(more).")
    }

    func retrying(_ activity: PendingActivity) -> WorkflowExplanation {
        // Of five attempts four are retries.
        let limit = detail(of: activity).flatMap { $0.maximumAttempts > 0 ? " of \($0.maximumAttempts - 1)" : nil }
        let due = activity.nextAttemptAt ?? now
        let wait = due > now ? "in " + Duration.seconds(due.timeIntervalSince(now)).inWords : "now"
        let reason = activity.lastFailure.map { " because: \($0.message.clause)" } ?? ""
        return WorkflowExplanation(
            .retrying, "Retry \(activity.attempt)\(limit ?? "") of \(activity.activity) \(wait)\(reason).", until: due)
    }

    var stuck: WorkflowExplanation? {
        guard let problem = job.problem else { return nil }
        return WorkflowExplanation(
            .parked,
            "Its code cannot go on: \(problem.clause); Temporal tries it again by itself, and a program that fits its "
                + "history takes over.")
    }
}

/// What keeps a queue from starting anything, or from starting more.
struct QueueSituation {
    let queue: TaskQueue
    let rule: QueueRule
    let standing: QueueStanding
    let workers: [WorkerSession]
    /// Whether anybody at all asks for workflow tasks.
    let hasWorkers: Bool
    /// Activities of it that run.
    let running: Int

    var explanation: WorkflowExplanation {
        if let since = rule.pausedAt {
            let reason = rule.pauseReason.map { " because: \($0.clause)" } ?? ""
            return WorkflowExplanation(
                .queuePaused, "Queue \(queue.rawValue) is paused since \(since.inWords)\(reason).")
        }
        if standing.pollers.isEmpty, !workers.contains(where: { $0.queues.contains(queue) }) {
            guard hasWorkers else {
                return WorkflowExplanation(.noWorker, "No worker runs; start one with: atelier worker.")
            }
            return WorkflowExplanation(
                .noWorkerForQueue,
                "No worker serves the queue \(queue.rawValue); start one with: atelier worker --queue \(queue.rawValue)."
            )
        }
        if let limit = rule.limits.concurrency, running >= limit {
            return WorkflowExplanation(
                .queueFull, "Waiting for a slot of queue \(queue.rawValue): \(running) of \(limit) are running.")
        }
        if standing.isRateLimited, let rate = rule.limits.startsPerSecond {
            return WorkflowExplanation(
                .rateLimited,
                "Rate limit of queue \(queue.rawValue): \(rate) starts a second; \(standing.backlog) wait.")
        }
        return WorkflowExplanation(
            .queued, "Waiting for a slot of queue \(queue.rawValue): about \(max(1, standing.backlog)) wait.")
    }
}
