import Concurrency
import Database
import FoundationEssentials
import Observability
import Workflows

// Moving runs: events in, one transaction out.
extension WorkerCore {
    /// Applies what is pending for `run` and sends what comes of it to be written.
    ///
    /// Waits its turn while one is being written.
    func advance(_ run: HeldRun, isFirst: Bool = false) {
        guard let decider = run.decider, !run.isCommitting, isFirst || !run.pending.isEmpty else { return }
        useCounter += 1
        run.lastUse = useCounter
        let inbound = run.pending
        run.pending = []
        let time = now.microseconds
        for item in inbound { decider.apply(item.event, at: Date(microseconds: time)) }
        do {
            var turn = Turn(of: run, at: time)
            try turn.add(inbound, run)
            try decide(&turn, run, decider)
            guard !turn.isEmpty else { return settleEmpty(run) }
            run.isCommitting = true
            run.inFlight = inbound
            write(.turn(turn))
        } catch {
            fail(error)
        }
    }

    private func settleEmpty(_ run: HeldRun) {
        if !run.hasLoss { clearSuspect(run.row.id) }
    }

    /// Puts the decider's commands and outcome into the turn.
    private func decide(_ turn: inout Turn, _ run: HeldRun, _ decider: Decider) throws {
        turn.clearsLoss = run.hasLoss
        do {
            let commands = try decider.takeCommands()
            turn.progress = decider.takeReport()
            for command in commands {
                try turn.add(command, run, makeID: setup.engine.makeID) { queue in slots.takeAtOnce(queue) }
            }
        } catch let problem as DeciderProblem {
            setup.logger.error(
                "a workflow breaks the rules",
                ["job_id": .text(run.row.workflowID.rawValue), "problem": .text(problem.description)])
            let failure = WorkflowFailure(
                kind: WorkflowFailure.Kind.misuse, message: "An internal error occurred.", cause: problem.description)
            return turn.close(Turn.Closing(status: .failed, failure: failure), run)
        }
        if let outcome = decider.outcome { turn.close(Turn.Closing(outcome), run) }
    }

    /// Goes on after a turn is on disk.
    func settle(_ turn: Turn) {
        guard let run = held[turn.run] else { return releaseSlots(of: turn) }
        run.isCommitting = false
        run.inFlight = []
        run.nextSequence = turn.firstSequence + turn.entries.count
        if turn.clearsLoss { run.hasLoss = false }
        clearSuspect(turn.run)
        beginWork(of: turn, run)
        if turn.closing != nil || turn.progress != nil {
            setup.engine.bulletin.announce(run.row.workflowID, isClosed: turn.closing != nil)
        }
        if let closing = turn.closing { forget(run, closing) } else { advance(run) }
    }

    private func beginWork(of turn: Turn, _ run: HeldRun) {
        for task in turn.newTasks {
            if task.isLeased {
                begin(ClaimedTask(task, of: run.row, at: turn.time))
            } else {
                if let expiresAt = task.expiresAt { alarm.set(expiresAt) }
                slots.endQueueing(task.command.options.taskQueue)
                doorbell.ring()
            }
        }
        for id in turn.cancelledTasks { running[TaskKey(run: turn.run, activityID: id)]?.stop(.requested) }
        for timer in turn.newTimers { alarm.set(timer.dueAt) }
        // Children and what was cancelled in its queue come back through the inbox.
        if !turn.newChildren.isEmpty || !turn.cancelledTasks.isEmpty || !turn.cancelledChildren.isEmpty {
            setup.engine.wake()
        }
    }

    private func forget(_ run: HeldRun, _ closing: Turn.Closing) {
        held[run.row.id] = nil
        run.decider?.evict()
        for id in run.openActivities.keys { dismiss(TaskKey(run: run.row.id, activityID: id)) }
        if run.row.parent != nil { setup.engine.wake() } else if mayHaveReadyRuns { doorbell.ring() }
        metrics.workflowClosed(run.row.workflow, outcome: closing.status.rawValue)
        var fields: [String: LogValue] = [
            "job_id": .text(run.row.workflowID.rawValue), "workflow": .text(run.row.workflow),
            "status": .text(closing.status.rawValue),
        ]
        for (name, value) in run.row.logContext { fields[name] = .text(value) }
        if let failure = closing.failure { fields["failure"] = .text(failure.description) }
        setup.logger.info("workflow ended", fields)
    }

    /// Reads a run anew, after a turn of it was refused: what is in memory is ahead of what is on disk.
    ///
    /// Everything it was told is told again, but for the end of `activityID`, which is no longer ours to tell.
    func reload(_ id: Int, without activityID: String) {
        guard let old = held[id] else { return }
        old.decider?.evict()
        let new = HeldRun(old.row)
        new.mayHaveHistory = true
        new.seenInbox = old.seenInbox
        new.pending = (old.inFlight + old.pending).filter { item in
            if case .task(let key, _, _) = item.source { key.activityID != activityID } else { true }
        }
        held[id] = new
        unloaded.append(id)
        doorbell.ring()
    }
}

extension WorkerCore {
    /// The run that was loaded alone did no harm: the next may come.
    func clearSuspect(_ id: Int) {
        guard suspectRun == id else { return }
        suspectRun = nil
        doorbell.ring()
    }

    /// The activity that ran alone has ended: the next may come, in whatever queue it waits.
    func clearSuspect(_ key: TaskKey) {
        guard suspectTask == key else { return }
        suspectTask = nil
        slots.noteBacklogEverywhere()
        doorbell.ring()
    }

    /// Gives up the slots of activities that a turn would have begun.
    func releaseSlots(of turn: Turn) {
        for task in turn.newTasks {
            let queue = task.command.options.taskQueue
            if task.isLeased { slots.release(queue) } else { slots.endQueueing(queue) }
        }
    }
}

extension Turn.Closing {
    init(_ outcome: Decider.Outcome) {
        switch outcome {
        case .completed(let result): self.init(status: .completed, result: result)
        case .failed(let failure): self.init(status: .failed, failure: failure)
        case .cancelled: self.init(status: .cancelled)
        case .timedOut: self = .timedOut
        }
    }
}

extension ClaimedTask {
    /// The lease that a turn took for the activity that it scheduled.
    init(_ task: Turn.NewTask, of row: ClaimedRun, at startedAt: Int) {
        self.init(
            key: TaskKey(run: row.id, activityID: task.command.id), name: task.command.name,
            queue: task.command.options.taskQueue, input: task.command.input,
            options: task.command.overridesOptions ? task.command.options : nil, expiresAt: task.expiresAt, attempt: 1,
            token: 1, scheduledAt: startedAt, startedAt: startedAt, workflowID: row.workflowID, runID: row.runID,
            logContext: row.logContext)
    }
}
