import FoundationEssentials
import GRPCClient
public import Workflows

/// Replays the history of a run against the code of this program, as a worker does that takes the run up.
///
/// Histories kept from earlier releases show that jobs which they began can be finished by this one.
public enum HistoryReplay {
    /// Where the code stands at the end of a history.
    public enum Standing: Sendable, Equatable {
        /// It waits for something.
        case open
        /// It has ended.
        case closed(WorkflowStatus)
    }

    /// Replays a whole history.
    /// - Parameters:
    ///   - history: A message `temporal.api.history.v1.History`.
    ///   - workflow: The name of the run's workflow.
    /// - Throws: ``Workflows/DeciderProblem`` when the code no longer fits; `ProtoFault` when `history` is no such message.
    public static func replay(
        _ history: [UInt8], of workflow: String, with registry: WorkflowRegistry
    ) throws -> Standing {
        guard let definition = registry.workflows[workflow] else {
            throw DeciderProblem.misuse("no worker here knows the workflow \(workflow)")
        }
        let events = try WireHistory(protoBytes: history).events
        let run = CachedRun(definition, WireExecution(workflowID: "replayed", runID: "replayed"), events)
        defer { run.decider.evict() }
        try run.replay(events)
        // What it asks for at the end must be sound, too.
        _ = try run.decider.takeCommands()
        guard let outcome = run.decider.outcome else { return .open }
        return .closed(WorkflowRows.Ending(outcome, at: .distantPast).status)
    }
}

extension TemporalCluster {
    /// The whole history of the newest run of a workflow, as ``HistoryReplay`` takes it.
    /// - Throws: ``GRPCClient/GRPCError``.
    public func history(of id: WorkflowID) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        var token: [UInt8] = []
        repeat {
            var request = WireGetHistory(namespace: namespace, execution: WireExecution(workflowID: id.rawValue))
            request.pageToken = token
            let page = try await call("GetWorkflowExecutionHistory", request, as: RawHistoryPage.self)
            // Messages that follow one another are one message.
            bytes += page.history
            token = page.pageToken
        } while !token.isEmpty
        return bytes
    }
}

/// `GetWorkflowExecutionHistoryResponse` with the history as it came.
private struct RawHistoryPage: ProtoMessage {
    var history: [UInt8] = []
    var pageToken: [UInt8] = []
    static let fields: [ProtoField<Self>] = [.bytes(1, \.history), .bytes(3, \.pageToken)]
}
