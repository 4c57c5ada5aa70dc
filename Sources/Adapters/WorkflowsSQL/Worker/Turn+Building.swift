import Concurrency
import Database
import Workflows

// Filling a turn from what a run was told and what it decided; the run keeps account of what is open.
extension Turn {
    /// An empty turn of `run`.
    init(of run: HeldRun, at time: Int) {
        self.init(
            run: run.row.id, fairnessKey: run.row.fairnessKey, priority: run.row.priority, time: time,
            firstSequence: run.nextSequence)
    }

    /// Whether nothing of it needs to be written.
    var isEmpty: Bool {
        entries.isEmpty && endedTasks.isEmpty && consumedInbox.isEmpty && progress == nil && closing == nil
            && awaitedSignals == nil
    }

    /// Records events and voids what they came from.
    mutating func add(_ inbound: [HeldRun.Inbound], _ run: HeldRun) throws {
        for item in inbound {
            run.note(.event(item.event))
            switch item.source {
            case .start: continue
            case .task(let key, let token, let attempt):
                endedTasks.append(EndedTask(activityID: key.activityID, token: token))
                if let attempt, attempt.note(of: item.event) == nil { failedAttempts.append((attempt, item.event)) }
            case .inbox(let id): consumedInbox.append(id)
            }
            var entry = try RecordedEntry(item.event)
            entry.add(item.note)
            entries.append(entry)
        }
    }

    /// Records a command and what carries it out.
    /// - Parameter takeSlot: Whether an activity of that queue may begin with this very transaction.
    mutating func add(
        _ command: WorkflowCommand, _ run: HeldRun, makeID: () -> String, takeSlot: (TaskQueue) -> Bool
    ) throws {
        run.note(.command(command))
        let entry = try RecordedEntry(command)
        switch command {
        case .scheduleActivity(let activity):
            newTasks.append(
                NewTask(
                    command: activity, sequence: firstSequence + entries.count,
                    expiresAt: activity.options.scheduleToClose.map { time + $0.microseconds },
                    options: activity.overridesOptions ? entry.detail : nil,
                    isLeased: takeSlot(activity.options.taskQueue)))
        case .cancelActivity(let id): cancelledTasks.append(id)
        case .startTimer(let id, let duration): newTimers.append((id, time + max(0, duration.microseconds)))
        case .cancelTimer(let id): cancelledTimers.append(id)
        case .startChild(let child):
            newChildren.append(
                RunAdmission(
                    workflowID: child.workflowID, runID: RunID(rawValue: makeID()), workflow: child.name,
                    input: child.input,
                    options: StartOptions(
                        owner: run.row.owner, priority: run.row.priority, logContext: run.row.logContext),
                    startedAt: time,
                    parent: RunAdmission.Parent(run: run.row.id, childID: child.id)))
        case .cancelChild(let id):
            if let child = run.openChildren[id] { cancelledChildren.append(child) }
        case .recordPatch: break
        }
        entries.append(entry)
    }

    /// Makes this the run's last turn: whatever is still open goes with it.
    mutating func close(_ closing: Closing, _ run: HeldRun) {
        self.closing = closing
        parent = run.row.parent
        hasOpenTasks = !run.openActivities.isEmpty
        hasOpenTimers = !run.openTimers.isEmpty
        cancelledChildren = Array(run.openChildren.values)
    }
}
