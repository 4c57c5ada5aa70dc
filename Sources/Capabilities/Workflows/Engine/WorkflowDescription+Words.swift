import Concurrency
import FoundationEssentials

// What every engine says alike of a job.
extension WorkflowDescription {
    /// How an ended job ended, and what can be done.
    package var ending: WorkflowExplanation {
        let length = closedAt.map { " in " + Duration.seconds($0.timeIntervalSince(startedAt)).inWords } ?? ""
        switch status {
        case .completed, .running: return WorkflowExplanation(.completed, "Completed\(length).")
        case .cancelled: return WorkflowExplanation(.cancelled, "Cancelled as was asked for\(length).")
        case .timedOut:
            return WorkflowExplanation(.timedOut, "Took longer than it may; retry it with \(command("retry")).")
        case .failed:
            let place = failure?.activity.map { " at \($0) after \(failure?.attempts.counted("attempt") ?? "")" } ?? ""
            let reason = failure?.message.clause ?? "no reason is on record"
            return WorkflowExplanation(.failed, "Failed\(place): \(reason); retry it with \(command("retry")).")
        }
    }

    /// Why a paused job stands still.
    /// - Parameter isHeld: Somebody has yet to let go of it.
    package func paused(_ pause: WorkflowPause, isHeld: Bool = false) -> WorkflowExplanation {
        let name = pause.by.map { " by \($0)" } ?? ""
        let reason = pause.reason.map { " because: \($0.clause)" } ?? ""
        let state = isHeld ? "Being paused" : "Paused"
        return WorkflowExplanation(
            .paused, "\(state)\(name) since \(pause.since.inWords)\(reason); resume it with \(command("resume")).")
    }

    /// What an operator types about this job.
    package func command(_ verb: String) -> String { "atelier jobs \(verb) \(id)" }
}
