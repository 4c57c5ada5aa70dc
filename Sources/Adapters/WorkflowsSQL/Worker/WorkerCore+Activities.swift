import Concurrency
import Database
import FoundationEssentials
import Observability
import Workflows

// Running activities.
extension WorkerCore {
    /// Begins an attempt whose lease is on disk and whose slot is taken.
    func begin(_ task: ClaimedTask) {
        if task.isSuspect { suspectTask = task.key }
        guard let activity = setup.registry.activities[task.name] else { return refuse(task, .unknown(task)) }
        let options = task.options ?? activity.options
        if isGivenUp(task, options) { return }
        attemptCounter += 1
        let number = attemptCounter
        var attempt = RunningActivity(number: number, task: task, options: options, at: setup.clock.uptime)
        let context = ActivityContext(
            workflowID: task.workflowID, runID: task.runID, activityID: task.key.activityID, taskQueue: task.queue,
            attempt: task.attempt, previousHeartbeat: task.heartbeat
        ) { [weak self] details in await self?.heartbeat(number, task.key, details) }
        let logger = setup.logger
        // Kept in `running`, and waited for when the worker stops. Detached, so that it neither inherits what this
        // actor is doing nor runs on it.
        attempt.handle = Task.detached { [weak self] in
            let outcome = await AttemptOutcome.of(activity, task, context, logger: logger)
            await self?.attemptEnded(number, task.key, outcome)
        }
        if task.isCancelRequested || held[task.key.run]?.cancelAsked.contains(task.key.activityID) == true {
            attempt.stop(.requested)
        } else if session.isEmpty {
            attempt.stop(.leaseLost)
        } else if isStopping {
            attempt.stop(.stopping)
        }
        running[task.key] = attempt
        alarm.set(now.microseconds + attempt.limit(on: setup.clock).left.microseconds)
    }

    /// Whether the activity is not tried again although its lease was taken: earlier processes died in it.
    private func isGivenUp(_ task: ClaimedTask, _ options: ActivityOptions) -> Bool {
        guard task.lost > 0 else { return false }
        if task.lost >= setup.limits.lossesUntilPoison {
            park(task)
            return true
        }
        guard let limit = options.retry.maximumAttempts, task.attempt > limit else { return false }
        refuse(task, .deadly(task))
        return true
    }

    /// Takes an activity that kills its workers out of the way until somebody releases it; everything else goes on.
    private func park(_ task: ClaimedTask) {
        freeSlot(task)
        let failure = WorkflowFailure.deadly(task)
        metrics.activityFailed(task.name, kind: failure.kind)
        setup.logger.error(
            "an activity was parked",
            [
                "job_id": .text(task.workflowID.rawValue), "activity": .text(task.key.activityID),
                "reason": .text(failure.message),
            ])
        write(.parkTask(task.key, token: task.token, failure: failure))
    }

    private func refuse(_ task: ClaimedTask, _ failure: WorkflowFailure) {
        freeSlot(task)
        metrics.activityFailed(task.name, kind: failure.kind)
        if failure.kind == WorkflowFailure.Kind.unknownActivity {
            // Another worker of the queue, or a newer program, may know it.
            write(
                .retry(
                    task.key, token: task.token, availableAt: now.microseconds + 10_000_000, failure: failure,
                    record(of: task), limit: nil))
        } else {
            // It never began, so there is no attempt to tell of.
            conclude(task, .activityFailed(id: task.key.activityID, failure: failure), nil)
        }
    }

    private func freeSlot(_ task: ClaimedTask) {
        slots.release(task.queue)
        clearSuspect(task.key)
        if slots.mayHaveBacklog(task.queue) { doorbell.ring() }
    }

    /// Called by the attempt itself when its code has returned.
    func attemptEnded(_ number: Int, _ key: TaskKey, _ outcome: AttemptOutcome) {
        defer { tellIfIdle() }
        if let queue = leaving.removeValue(forKey: number) {
            // Its lease is gone: what it brings is refused, only its slot becomes free.
            slots.release(queue)
            if slots.mayHaveBacklog(queue) { doorbell.ring() }
            return
        }
        guard let attempt = running[key], attempt.number == number else { return }
        running[key] = nil
        freeSlot(attempt.task)
        observe(attempt, outcome)
        switch (outcome, attempt.stopReason) {
        case (.completed(let result), _): conclude(attempt.task, .activityCompleted(id: key.activityID, result: result))
        case (_, .requested): conclude(attempt.task, .activityCancelled(id: key.activityID))
        case (_, .stopping): write(.handBack(key, token: attempt.task.token, record(of: attempt.task)))
        case (_, .leaseLost): break
        case (.failed(let failure, let isRetryable, let retryAfter), nil):
            retry(attempt, failure, isRetryable: isRetryable, after: retryAfter)
        case (.cancelled, nil):
            let failure = WorkflowFailure(
                recording: CancellationError(), activity: attempt.task.name, attempts: attempt.task.attempt)
            retry(attempt, failure, isRetryable: true, after: nil)
        }
    }

    private func observe(_ attempt: RunningActivity, _ outcome: AttemptOutcome) {
        let word: String
        switch outcome {
        case .completed: word = "completed"
        case .cancelled: word = "cancelled"
        case .failed(let failure, _, _):
            word = "failed"
            metrics.activityFailed(attempt.task.name, kind: failure.kind)
        }
        metrics.activityEnded(
            attempt.task.name, outcome: word, seconds: (setup.clock.uptime - attempt.startedAt).seconds)
    }

    /// Schedules the next attempt, or ends the activity when there is none.
    private func retry(
        _ attempt: RunningActivity, _ failure: WorkflowFailure, isRetryable: Bool, after shortest: Duration?
    ) {
        let task = attempt.task
        let policy = attempt.options.retry
        let wait = max(policy.delay(afterAttempt: task.attempt, random: setup.random()), shortest ?? .zero)
        let availableAt = now.microseconds + wait.microseconds
        let isInTime = task.expiresAt.map { availableAt < $0 } ?? true
        guard isRetryable, isInTime, policy.allowsRetry(afterAttempt: task.attempt, kind: failure.kind) else {
            return conclude(task, .activityFailed(id: task.key.activityID, failure: failure))
        }
        write(
            .retry(
                task.key, token: task.token, availableAt: availableAt, failure: failure, record(of: task),
                limit: policy.maximumAttempts))
    }

    /// The attempt that ends now.
    func record(of task: ClaimedTask) -> AttemptRecord {
        AttemptRecord(
            activityID: task.key.activityID, attempt: task.attempt, worker: setup.label, scheduledAt: task.scheduledAt,
            startedAt: task.startedAt, endedAt: now.microseconds)
    }

    private func conclude(_ task: ClaimedTask, _ event: WorkflowEvent) { conclude(task, event, record(of: task)) }

    /// Brings the end of an activity to its run, in memory or through the database.
    private func conclude(_ task: ClaimedTask, _ event: WorkflowEvent, _ attempt: AttemptRecord?) {
        guard let run = held[task.key.run] else { return write(.relay(event, task.key, token: task.token, attempt)) }
        run.pending.append(
            HeldRun.Inbound(
                event: event, source: .task(task.key, token: task.token, attempt), note: attempt?.note(of: event)))
        advance(run)
    }

    /// Ends the lease of whatever broke a limit, and sets the alarm for the next that may.
    func expireRunning() {
        for attempt in running.values {
            let limit = attempt.limit(on: setup.clock)
            // An alarm may ring a moment early.
            guard limit.left <= .milliseconds(1) else {
                alarm.set(now.microseconds + limit.left.microseconds)
                continue
            }
            guard attempt.stopReason == nil || attempt.stopReason == .requested else { continue }
            let failure = WorkflowFailure.timeout(limit.kind, of: attempt.task.name, attempts: attempt.task.attempt)
            setup.logger.warning(
                "activity attempt took too long",
                [
                    "job_id": .text(attempt.task.workflowID.rawValue), "activity": .text(attempt.task.key.activityID),
                    "kind": .text(limit.kind),
                ])
            metrics.activityFailed(attempt.task.name, kind: limit.kind)
            let wasCancelled = attempt.stopReason == .requested
            dismiss(attempt.task.key)
            if wasCancelled {
                conclude(attempt.task, .activityCancelled(id: attempt.task.key.activityID))
            } else {
                let isRetryable = limit.kind != WorkflowFailure.Kind.scheduleToCloseTimeout
                retry(attempt, failure, isRetryable: isRetryable, after: nil)
            }
        }
    }

    /// Cancels an attempt and stops listening to it; its slot stays taken until its code returns.
    func dismiss(_ key: TaskKey) {
        guard var attempt = running.removeValue(forKey: key) else { return }
        attempt.stop(.leaseLost)
        leaving[attempt.number] = attempt.task.queue
        clearSuspect(key)
    }

    /// A sign of life; with details it returns once they are on disk.
    private func heartbeat(_ number: Int, _ key: TaskKey, _ details: Payload?) async {
        guard let attempt = running[key], attempt.number == number else { return }
        running[key]?.lastHeartbeat = setup.clock.uptime
        guard let details else { return }
        await withCheckedContinuation { done in
            write(.heartbeat(key, token: attempt.task.token, details: details, done: done))
        }
    }
}

extension WorkflowFailure {
    /// Processes died in it.
    static func deadly(_ task: ClaimedTask) -> WorkflowFailure {
        WorkflowFailure(
            kind: Kind.workerLost, message: "The process ended \(task.lost) times in the middle of a step.",
            activity: task.name, attempts: task.attempt - 1)
    }

    /// No activity of that name is registered here.
    static func unknown(_ task: ClaimedTask) -> WorkflowFailure {
        WorkflowFailure(
            kind: Kind.unknownActivity, message: "No worker of the queue \(task.queue.rawValue) knows \(task.name).",
            activity: task.name, attempts: task.attempt)
    }
}
