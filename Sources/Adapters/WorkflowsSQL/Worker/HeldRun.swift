import Database
import FoundationEssentials
import Workflows

/// A run in a worker's memory.
///
/// Only the worker's actor touches it.
final class HeldRun {
    /// An event on its way into the run, and what becomes void with it.
    struct Inbound {
        enum Source {
            case start
            case task(TaskKey, token: Int, AttemptRecord?)
            case inbox(Int)
        }
        let event: WorkflowEvent
        let source: Source
        /// What the history keeps beside the event: which attempt completed.
        var note: String?
    }

    let row: ClaimedRun
    var decider: Decider?
    /// Whether somebody may have written a history for it already.
    var mayHaveHistory: Bool
    /// The place of the next history entry; 0 is the start, which is the run's row.
    var nextSequence = 1
    /// Bytes of payloads in its history.
    var historyBytes = 0
    var isCommitting = false
    /// Whether it is to leave memory as soon as nothing of it is being written.
    var isLeaving = false
    /// Whether its first turn must say that it got on (``Turn/clearsLoss``).
    var hasLoss: Bool
    var pending: [Inbound] = []
    /// What the turn that is being written was told.
    var inFlight: [Inbound] = []
    /// Inbox rows already in `pending` or applied: until they are deleted every look finds them again.
    var seenInbox: Set<Int> = []
    /// The signals that the run's row says it waits for.
    var awaitedSignals: [String] = []
    var openActivities: [String: TaskQueue] = [:]
    var openTimers: Set<String> = []
    var openChildren: [String: WorkflowID] = [:]
    /// Activities the workflow no longer wants; one whose claim comes back later is cancelled at once.
    var cancelAsked: Set<String> = []
    var lastUse = 0

    init(_ row: ClaimedRun) {
        self.row = row
        hasLoss = row.lost > 0
        mayHaveHistory = row.wasHeld
    }

    /// Whether it stands where its history ends, and nobody has told it anything since.
    var isSettled: Bool { decider != nil && !isCommitting && pending.isEmpty }

    /// Whether nothing stands between the run and its leaving memory; what it waits for may be `served` elsewhere.
    func isIdle(served: (TaskQueue) -> Bool) -> Bool {
        isSettled && !openActivities.values.contains(where: served)
    }

    /// Brings it to where its history ends, from the beginning.
    /// - Throws: ``DeciderProblem`` when the code no longer fits.
    func load(_ definition: RegisteredWorkflow, _ history: [HistoryEntry]) throws(DeciderProblem) {
        let decider = Decider(definition, workflowID: row.workflowID, runID: row.runID)
        let start = HistoryEntry(
            time: Date(microseconds: row.startedAt), content: .event(.started(input: row.input)))
        do throws(DeciderProblem) {
            try decider.replay([start] + history)
        } catch {
            decider.evict()
            throw error
        }
        for entry in history { note(entry.content) }
        nextSequence = history.count + 1
        if !history.isEmpty { awaitedSignals = decider.awaitedSignals }
        self.decider = decider
    }

    /// Keeps account of what is open.
    func note(_ content: HistoryEntry.Content) {
        historyBytes += content.byteCount
        switch content {
        case .command(.scheduleActivity(let activity)): openActivities[activity.id] = activity.options.taskQueue
        case .command(.cancelActivity(let id)): cancelAsked.insert(id)
        case .command(.startTimer(let id, _)): openTimers.insert(id)
        case .command(.cancelTimer(let id)): openTimers.remove(id)
        case .command(.startChild(let child)): openChildren[child.id] = child.workflowID
        case .command(.cancelChild), .command(.recordPatch): break
        case .event(.activityCompleted(let id, _)), .event(.activityFailed(let id, _)),
            .event(.activityCancelled(let id)):
            openActivities[id] = nil
            cancelAsked.remove(id)
        case .event(.timerFired(let id)): openTimers.remove(id)
        case .event(.childCompleted(let id, _)), .event(.childFailed(let id, _)), .event(.childCancelled(let id)):
            openChildren[id] = nil
        case .event: break
        }
    }
}

extension HistoryEntry.Content {
    /// Bytes of its payload.
    fileprivate var byteCount: Int {
        switch self {
        case .command(.scheduleActivity(let activity)): activity.input.bytes.count
        case .command(.startChild(let child)): child.input.bytes.count
        case .event(.activityCompleted(_, let value)), .event(.childCompleted(_, let value)),
            .event(.signalled(_, let value)):
            value.bytes.count
        default: 0
        }
    }
}
