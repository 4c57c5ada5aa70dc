import Database
import FoundationEssentials
import Workflows

extension SQL.StringInterpolation {
    /// The conditions of a filter on `workflow_runs`.
    mutating func appendInterpolation(matching filter: WorkflowFilter) {
        appendInterpolation("id < \(filter.after.flatMap { Int($0) } ?? Int.max)" as SQL)
        if let status = filter.status { appendInterpolation(" AND status = \(status.rawValue)" as SQL) }
        if let workflow = filter.workflow { appendInterpolation(" AND workflow = \(workflow)" as SQL) }
        if let owner = filter.owner { appendInterpolation(" AND owner = \(owner)" as SQL) }
        if let kind = filter.failureKind {
            // Failures are JSON that this engine wrote: the kind stands in it as an encoder writes it.
            let pattern = "%\"kind\":\"\(kind.escapedForLike)\"%"
            appendInterpolation(" AND failure LIKE \(pattern) ESCAPE '!'" as SQL)
        }
        if let time = filter.startedAfter { appendInterpolation(" AND started_at >= \(time.microseconds)" as SQL) }
        if let time = filter.startedBefore { appendInterpolation(" AND started_at < \(time.microseconds)" as SQL) }
        if let queue = filter.queue {
            appendInterpolation(
                """
                 AND EXISTS (SELECT 1 FROM activity_tasks q WHERE q.run = workflow_runs.id AND q.queue = \(queue.rawValue))
                """ as SQL)
        }
    }
}

extension String {
    fileprivate var escapedForLike: String {
        reduce(into: "") { text, character in
            if "%_!".contains(character) { text.append("!") }
            text.append(character)
        }
    }
}
