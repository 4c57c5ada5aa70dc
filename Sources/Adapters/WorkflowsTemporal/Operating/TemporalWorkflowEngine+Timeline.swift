import Database
import FoundationEssentials
import GRPCClient
public import Workflows

extension TemporalWorkflowEngine {
    /// What happened to a workflow, oldest first; nil when there is none of that id.
    ///
    /// From the server's history, which keeps of an activity's failed attempts the last one only.
    /// - Parameters:
    ///   - after: ``WorkflowTimeline/next`` of the page before; 0 for the first.
    ///   - limit: Entries a page, 1 to ``WorkflowTimeline/maximumPage``.
    /// - Throws: ``Database/DatabaseError`` or, while the server is away, ``GRPCClient/GRPCError``.
    public func timeline(of id: WorkflowID, after: Int = 0, limit: Int = 200) async throws -> WorkflowTimeline? {
        guard let all = try await timelineEntries(of: id) else { return nil }
        let start = min(max(after, 0), all.count)
        let end = min(start + min(max(limit, 1), WorkflowTimeline.maximumPage), all.count)
        return WorkflowTimeline(entries: Array(all[start..<end]), next: end < all.count ? end : nil)
    }

    private func timelineEntries(of id: WorkflowID) async throws -> [TimelineEntry]? {
        guard let job = try await describe(id) else { return nil }
        var story = RunStory(takenInAt: job.startedAt)
        let known = try await database.read { try WorkflowRows.find(id, on: $0) }
        if known?.isDispatched ?? true, let wire = try await onServer(id) {
            let events = try await cluster.history(of: execution(id))
            story.tell(events, after: try await bases(of: events, id))
            if !job.status.isClosed { story.tell(wire.pendingActivities) }
        }
        if job.status.isClosed, let time = job.closedAt { story.end(job.status, job.failure, at: time) }
        return story.entries
    }

    /// What the server says of a workflow's newest run; nil when it knows none, or no longer.
    func onServer(_ id: WorkflowID) async throws -> WireDescription? {
        do {
            return try await cluster.call(
                "DescribeWorkflowExecution", WireDescribe(namespace: cluster.namespace, execution: execution(id)),
                as: WireDescription.self, patience: .seconds(3))
        } catch let error as GRPCError where error.code == .notFound {
            return nil
        }
    }

    /// The histories that resets cut, by their runs; those past their retention are left out.
    private func bases(of events: [WireEvent], _ id: WorkflowID) async throws -> [String: [WireEvent]] {
        var found: [String: [WireEvent]] = [:]
        var wanted = events.compactMap(\.baseRun)
        while let run = wanted.popLast() {
            guard found[run] == nil else { continue }
            do {
                let base = try await cluster.history(of: WireExecution(workflowID: id.rawValue, runID: run))
                found[run] = base
                wanted += base.compactMap(\.baseRun)
            } catch let error as GRPCError where error.code == .notFound {
                found[run] = []
            }
        }
        return found
    }
}

extension WireEvent {
    /// The run whose history a reset cut here, where one did.
    var baseRun: String? {
        guard let run = workflowTaskFailed?.baseRunID, !run.isEmpty else { return nil }
        return run
    }
}
