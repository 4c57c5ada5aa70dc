import Database
public import Workflows

extension SQLWorkflowEngine {
    /// What happened to a workflow, oldest first; nil when there is none of that id.
    ///
    /// Of one moment. At most 20,000 entries of each sort are looked at, which no sound workflow reaches.
    /// - Parameters:
    ///   - after: ``WorkflowTimeline/next`` of the page before; 0 for the first.
    ///   - limit: Entries a page, 1 to ``WorkflowTimeline/maximumPage``.
    public func timeline(of id: WorkflowID, after: Int = 0, limit: Int = 200) async throws -> WorkflowTimeline? {
        try await database.read { connection in
            guard let rows = try TimelineRows(id, on: connection) else { return nil }
            let all = rows.entries
            let start = min(max(after, 0), all.count)
            let end = min(start + min(max(limit, 1), WorkflowTimeline.maximumPage), all.count)
            return WorkflowTimeline(entries: Array(all[start..<end]), next: end < all.count ? end : nil)
        }
    }
}
