package import Database

extension SQL.StringInterpolation {
    /// The conditions of a filter, but for ``WorkflowFilter/queue``, on a table with one row for each workflow: `id` in
    /// the order of admission, `status`, `workflow`, `owner`, `failure` as JSON, `started_at`.
    package mutating func appendInterpolation(matching filter: WorkflowFilter) {
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
