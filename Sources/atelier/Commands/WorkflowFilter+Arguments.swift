import FoundationEssentials
import Web
import Workflows

extension WorkflowFilter {
    /// The filter that was typed.
    init(_ arguments: Arguments) throws(UsageError) {
        var filter = WorkflowFilter(
            workflow: arguments.value("workflow"), owner: arguments.value("owner"),
            failureKind: arguments.value("failure-kind"),
            queue: arguments.value("queue").map(TaskQueue.init(rawValue:)), after: arguments.value("cursor"))
        if let word = arguments.value("status") {
            guard let status = WorkflowStatus(rawValue: word) else {
                let known = WorkflowStatus.allCases.map(\.rawValue).joined(separator: ", ")
                throw UsageError("--status takes one of \(known)")
            }
            filter.status = status
        }
        filter.startedAfter = try Self.time("started-after", arguments)
        filter.startedBefore = try Self.time("started-before", arguments)
        self = filter
    }

    private static func time(_ option: String, _ arguments: Arguments) throws(UsageError) -> Date? {
        guard let text = arguments.value(option) else { return nil }
        guard let date = Date(iso8601: text) else {
            throw UsageError("--\(option) takes a time like 2026-01-31T09:30:00Z or a day")
        }
        return date
    }
}
