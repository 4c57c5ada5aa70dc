import FoundationEssentials
import Workflows

/// Where a run's history is cut so that it goes on: at the last workflow task before what is taken back.
///
/// Temporal cuts at workflow tasks only: what ended between that task and the cut begins anew with it.
struct ReopeningPlan {
    /// The event of the task's end; the history before it stays.
    let finishEvent: Int
    /// Finished activities and children that are kept.
    let kept: Int

    /// - Parameters:
    ///   - events: The whole history of the ended run.
    ///   - point: From where it is to go on.
    /// - Throws: ``Workflows/ReopeningRefused``.
    init(_ events: [WireEvent], _ point: ReopeningPoint) throws(ReopeningRefused) {
        var translator = HistoryTranslator()
        var contents: [HistoryEntry.Content] = []
        var places: [Int] = []
        for event in events {
            let content = event.kind == .timedOut ? .event(.deadlineReached) : translator.translate(event)
            guard let content else { continue }
            contents.append(content)
            places.append(event.id)
        }
        let index = try point.index(in: contents)
        var cut = index < places.count ? places[index] : .max
        // A child that failed is started anew: its end would be told to the new run as well.
        if let started = events.first(where: { $0.id == cut })?.failedChild { cut = started }
        guard let finish = events.last(where: { $0.id < cut && $0.isTaskEnd }) else {
            throw ReopeningRefused("Nothing of it had been decided before that; start a new one instead.")
        }
        finishEvent = finish.id
        kept = zip(places, contents).count { $0 < finish.id && $1.isFinishedStep }
    }
}

extension WireEvent {
    /// The event that started the child which ended badly with this one.
    fileprivate var failedChild: Int? {
        childFailed?.initiatedEventID ?? childTimedOut?.initiatedEventID ?? childTerminated?.initiatedEventID
    }

    fileprivate var isTaskEnd: Bool {
        switch kind {
        case .workflowTaskCompleted, .workflowTaskTimedOut, .workflowTaskFailed: true
        default: false
        }
    }
}

extension HistoryEntry.Content {
    fileprivate var isFinishedStep: Bool {
        switch self {
        case .event(.activityCompleted), .event(.childCompleted): true
        default: false
        }
    }
}
