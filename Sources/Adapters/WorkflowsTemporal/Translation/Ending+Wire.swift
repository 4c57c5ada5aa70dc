import FoundationEssentials
import Workflows

extension WorkflowRows.Ending {
    /// Reads the last event of a history; nil when the run goes on, perhaps as another one.
    init?(_ event: WireEvent) {
        let time = event.time ?? Date(timeIntervalSince1970: 0)
        switch event.kind {
        case .completed:
            self.init(status: .completed, result: event.completed?.result?.payload ?? .empty, closedAt: time)
        case .failed:
            self.init(
                status: .failed, failure: WorkflowFailure(event.failed?.failure ?? WireFailure()), closedAt: time)
        case .timedOut:
            let failure = WorkflowFailure(
                kind: WorkflowFailure.Kind.workflowTimeout, message: "The job took longer than it may as a whole.")
            self.init(status: .timedOut, failure: failure, closedAt: time)
        case .canceled: self.init(status: .cancelled, closedAt: time)
        case .terminated:
            let reason = event.terminated?.reason ?? ""
            let failure = WorkflowFailure(
                kind: "terminated", message: "The job was ended by an operator.", cause: reason.isEmpty ? nil : reason)
            self.init(status: .failed, failure: failure, closedAt: time)
        default: return nil
        }
    }
}
