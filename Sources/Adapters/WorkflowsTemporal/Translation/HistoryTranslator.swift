import FoundationEssentials
import GRPCClient
import Workflows

/// Reads Temporal's history as ours: the same events and commands, under the ids that the workflow's code gave them.
///
/// Temporal refers to what was scheduled by the number of the event that scheduled it, so the translator remembers
/// those; it is fed every event of a run, in order, once.
struct HistoryTranslator {
    private struct Scheduled {
        let id: String
        let name: String
        var attempts = 0
    }
    private var scheduled: [Int: Scheduled] = [:]
    private var childrenByWorkflow: [String: String] = [:]
    /// Which event scheduled an activity, for the command that cancels it.
    private(set) var scheduledEvents: [String: Int] = [:]
    /// How many activities have not ended.
    private(set) var openActivities = 0
    /// The workflow ids of children, for the command that cancels one.
    private(set) var childWorkflows: [String: String] = [:]
    /// The progress that the history's last memo holds.
    private(set) var progress: WorkflowProgress?
    /// Fields for the log lines of its activities.
    private(set) var logContext: [String: String] = [:]

    /// The run that the history began in, which resets leave behind.
    private(set) var originalRun: String?

    /// The field of a child's header that carries its id within its parent.
    static let childID = "atelier-child-id"
    /// The field of headers that carries the fields for log lines.
    static let logContextField = "atelier-log-context"
    /// The marker that a patch leaves.
    static let patchMarker = "atelier-patch"
    /// The memo field that carries step and progress.
    static let progressMemo = "progress"

    /// What `event` says in our words; nil for what concerns only Temporal.
    mutating func translate(_ event: WireEvent) -> HistoryEntry.Content? {
        switch event.kind {
        case .started:
            originalRun = event.started?.originalRunID
            logContext = event.started?.header?.fields[Self.logContextField]?.decoded() ?? [:]
            return .event(.started(input: event.started?.input?.payload ?? .empty))
        case .activityScheduled, .activityStarted, .activityCompleted, .activityFailed, .activityTimedOut,
            .activityCancelRequested, .activityCanceled:
            return activity(event)
        case .childInitiated, .childStartFailed, .childStarted, .childCompleted, .childFailed, .childCanceled,
            .childTimedOut, .childTerminated, .cancelOtherInitiated:
            return child(event)
        case .timerStarted:
            return event.timerStarted.map { .command(.startTimer(id: $0.timerID, duration: $0.startToFire ?? .zero)) }
        case .timerFired: return event.timerFired.map { .event(.timerFired(id: $0.timerID)) }
        case .timerCanceled: return event.timerCanceled.map { .command(.cancelTimer(id: $0.timerID)) }
        case .cancelRequested: return .event(.cancelRequested(reason: event.cancelRequested?.cause ?? ""))
        case .signaled:
            return event.signaled.map { .event(.signalled(name: $0.name, payload: $0.input?.payload ?? .empty)) }
        case .marker: return patch(event.marker)
        case .propertiesModified:
            progress = event.propertiesModified?.memo?.fields[Self.progressMemo]?.decoded() ?? progress
            return nil
        case .completed, .failed, .timedOut, .canceled, .terminated, .continuedAsNew, .workflowTaskStarted,
            .workflowTaskCompleted, .workflowTaskTimedOut, .workflowTaskFailed, nil:
            return nil
        }
    }

    private mutating func activity(_ event: WireEvent) -> HistoryEntry.Content? {
        if let detail = event.activityScheduled {
            let name = detail.type?.name ?? ""
            scheduled[event.id] = Scheduled(id: detail.activityID, name: name)
            scheduledEvents[detail.activityID] = event.id
            openActivities += 1
            return .command(
                .scheduleActivity(
                    ActivityCommand(
                        id: detail.activityID, name: name, input: .empty, options: ActivityOptions(),
                        overridesOptions: false)))
        }
        if let detail = event.activityStarted {
            scheduled[detail.scheduledEventID]?.attempts = detail.attempt
            return nil
        }
        if let detail = event.activityCancelRequested {
            return scheduled[detail.scheduledEventID].map { .command(.cancelActivity(id: $0.id)) }
        }
        if event.activityEnded { openActivities -= 1 }
        if let detail = event.activityCompleted, let target = scheduled[detail.scheduledEventID] {
            return .event(.activityCompleted(id: target.id, result: detail.result?.payload ?? .empty))
        }
        if let detail = event.activityFailed ?? event.activityTimedOut, let target = scheduled[detail.scheduledEventID]
        {
            let failure = WorkflowFailure(
                detail.failure ?? WireFailure(), activity: target.name, attempts: target.attempts)
            return .event(.activityFailed(id: target.id, failure: failure))
        }
        return event.activityCanceled.flatMap { scheduled[$0.scheduledEventID] }
            .map { .event(.activityCancelled(id: $0.id)) }
    }

    private mutating func child(_ event: WireEvent) -> HistoryEntry.Content? {
        if let detail = event.childInitiated {
            let name = detail.type?.name ?? ""
            let id = detail.header?.fields[Self.childID]?.decoded() ?? detail.workflowID
            scheduled[event.id] = Scheduled(id: id, name: name)
            childrenByWorkflow[detail.workflowID] = id
            childWorkflows[id] = detail.workflowID
            return .command(
                .startChild(
                    ChildCommand(
                        id: id, name: name, workflowID: WorkflowID(recorded: detail.workflowID), input: .empty)))
        }
        if let detail = event.cancelOther {
            return childrenByWorkflow[detail.execution?.workflowID ?? ""].map { .command(.cancelChild(id: $0)) }
        }
        return childEnd(event).map { .event($0) }
    }

    private func childEnd(_ event: WireEvent) -> WorkflowEvent? {
        if let detail = event.childCompleted, let child = scheduled[detail.initiatedEventID] {
            return .childCompleted(id: child.id, result: detail.result?.payload ?? .empty)
        }
        if let detail = event.childFailed, let child = scheduled[detail.initiatedEventID] {
            return .childFailed(id: child.id, failure: WorkflowFailure(detail.failure ?? WireFailure()))
        }
        if let child = event.childCanceled.flatMap({ scheduled[$0.initiatedEventID] }) {
            return .childCancelled(id: child.id)
        }
        if let child = event.childStartFailed.flatMap({ scheduled[$0.initiatedEventID] }) {
            return .childFailed(
                id: child.id,
                failure: WorkflowFailure(
                    kind: WorkflowFailure.Kind.childExists,
                    message: "A workflow with the id of \(child.id) exists already.")
            )
        }
        if let child = event.childTimedOut.flatMap({ scheduled[$0.initiatedEventID] }) {
            return .childFailed(
                id: child.id,
                failure: WorkflowFailure(
                    kind: WorkflowFailure.Kind.workflowTimeout, message: "The job took longer than it may as a whole."))
        }
        return event.childTerminated.flatMap { scheduled[$0.initiatedEventID] }.map { child in
            .childFailed(
                id: child.id,
                failure: WorkflowFailure(kind: "terminated", message: "The job was ended by an operator."))
        }
    }

    private func patch(_ marker: WireMarker?) -> HistoryEntry.Content? {
        guard let marker, marker.name == Self.patchMarker else { return nil }
        let id: String? = marker.details["id"]?.payloads.first?.decoded()
        return id.map { .command(.recordPatch(id: $0)) }
    }
}

extension WireEvent {
    fileprivate var activityEnded: Bool {
        switch kind {
        case .activityCompleted, .activityFailed, .activityTimedOut, .activityCanceled: true
        default: false
        }
    }
}
