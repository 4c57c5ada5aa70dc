import FoundationEssentials
import Workflows

/// A run in a worker's memory: the decider, and how Temporal names what it did.
///
/// Sendable by proof: whoever has taken it out of the ``RunCache`` has it alone, and puts it back when done.
final class CachedRun: @unchecked Sendable {
    let decider: Decider
    private(set) var translator = HistoryTranslator()
    /// The event that the next task's history begins with; nil before the first task.
    private(set) var nextEventID: Int?
    /// The progress last reported; what the history's memo holds.
    private(set) var progress: WorkflowProgress?

    /// - Parameter events: Its history; a reset gives a run another id, and what its code sees must stay the same.
    init(_ definition: RegisteredWorkflow, _ execution: WireExecution, _ events: [WireEvent]) {
        let original = events.first?.started?.originalRunID ?? ""
        decider = Decider(
            definition, workflowID: WorkflowID(recorded: execution.workflowID),
            runID: RunID(rawValue: original.isEmpty ? execution.runID : original))
    }

    /// Brings a new run to where `events`, its whole history, end.
    /// - Throws: ``DeciderProblem`` when the code no longer fits the history.
    func replay(_ events: [WireEvent]) throws(DeciderProblem) {
        var entries: [HistoryEntry] = []
        for event in events {
            guard let content = translator.translate(event) else { continue }
            entries.append(HistoryEntry(time: event.time ?? Date(timeIntervalSince1970: 0), content: content))
        }
        try decider.replay(entries)
        progress = translator.progress
        settle(events)
    }

    /// Lets a run in memory see what has happened since.
    func apply(_ events: [WireEvent]) {
        for event in events {
            // Commands come back as events; the decider knows what it asked for.
            guard case .event(let happened)? = translator.translate(event) else { continue }
            decider.apply(happened, at: event.time ?? Date(timeIntervalSince1970: 0))
        }
        settle(events)
    }

    /// Whether `events` continue where this run stands.
    func continues(with events: [WireEvent]) -> Bool { events.first.map { $0.id == nextEventID } ?? false }

    /// What is new in the workflow's progress, if anything is.
    func takeProgress() -> WorkflowProgress? {
        guard let report = decider.takeReport(), report != progress else { return nil }
        progress = report
        return report
    }

    private func settle(_ events: [WireEvent]) {
        // The next task's history begins after the event that started this one.
        if let started = events.last(where: { $0.kind == .workflowTaskStarted }) { nextEventID = started.id + 1 }
    }
}
