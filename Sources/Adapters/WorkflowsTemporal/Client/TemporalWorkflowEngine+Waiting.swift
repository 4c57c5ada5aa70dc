import Concurrency
import Database
import FoundationEssentials
import GRPCClient
public import Workflows

extension TemporalWorkflowEngine {
    /// Waits for the end by asking the server, which answers when it comes.
    public func waitForClose(of id: WorkflowID) async throws -> WorkflowDescription? {
        while true {
            guard let description = try await describe(id) else { return nil }
            if description.status.isClosed { return description }
            try await waitForEvent(of: id)
        }
    }

    /// Wake-ups whenever the server has a new event of it.
    public func changes(of id: WorkflowID) -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let watching = Task { [self] in
            continuation.yield()
            while !Task.isCancelled {
                do {
                    try await waitForEvent(of: id)
                    continuation.yield()
                    if try await describe(id)?.status.isClosed ?? true { break }
                } catch {
                    // The server is away, or the watcher: whoever reads looks for itself.
                    do { try await clock.sleep(for: .seconds(1)) } catch { break }
                    continuation.yield()
                }
            }
            continuation.finish()
        }
        continuation.onTermination = { _ in watching.cancel() }
        return stream
    }

    /// Returns at the latest after some seconds.
    private func waitForEvent(of id: WorkflowID) async throws {
        let isDispatched = try await database.read { connection in
            try connection.first(
                "SELECT is_dispatched FROM temporal_workflows WHERE workflow_id = \(id.rawValue)"
            )?.integer("is_dispatched") ?? 1
        }
        guard isDispatched == 1 else { return try await clock.sleep(for: .milliseconds(50)) }
        var request = WireGetHistory(namespace: cluster.namespace, execution: execution(id))
        request.waitsForNewEvent = true
        request.filter = WireGetHistory.Filter.closeEvent
        do {
            let _: WireHistoryPage = try await cluster.once(
                "GetWorkflowExecutionHistory", request.protoBytes, timeout: .seconds(2))
        } catch let error as GRPCError where error.code == .deadlineExceeded || error.code == .notFound {
            // Nothing new: whoever called looks again all the same.
        }
    }
}
