import Concurrency
import Database
import FoundationEssentials
import GRPCClient
public import Workflows

extension TemporalWorkflowEngine {
    /// Waits for the end: for a worker to note it, or the server to tell of it.
    public func waitForClose(of id: WorkflowID) async throws -> WorkflowDescription? {
        try await withThrowingTaskGroup(of: WorkflowDescription?.self) { group in
            defer { group.cancelAll() }
            group.addTask { [self] in
                for await _ in bulletin.watchers.changes(of: id) {
                    if let description = try await notedEnd(of: id) { return description }
                }
                throw CancellationError()
            }
            group.addTask { [self] in try await waitForServer(toClose: id) }
            return try await group.next() ?? nil
        }
    }

    private func notedEnd(of id: WorkflowID) async throws -> WorkflowDescription? {
        let known = try await database.read { try WorkflowRows.find(id, on: $0) }
        return known.flatMap { $0.description.status.isClosed ? $0.description : nil }
    }

    private func waitForServer(toClose id: WorkflowID) async throws -> WorkflowDescription? {
        if try await database.read({ try WorkflowRows.find(id, on: $0) }) != nil {
            // A worker of this process is quicker, and costs the server nothing.
            try await clock.sleep(for: .seconds(1))
            try await waitForEvent(of: id, upTo: .seconds(30))
            // Whichever worker ended it is about to note that.
            try await clock.sleep(for: .milliseconds(50))
        }
        while true {
            guard let description = try await describe(id) else { return nil }
            if description.status.isClosed { return description }
            try await waitForEvent(of: id, upTo: .seconds(30))
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

    /// Returns at the latest after `patience`.
    private func waitForEvent(of id: WorkflowID, upTo patience: Duration = .seconds(2)) async throws {
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
                "GetWorkflowExecutionHistory", request.protoBytes, timeout: patience)
        } catch let error as GRPCError where error.code == .deadlineExceeded || error.code == .notFound {
            // Nothing new: whoever called looks again all the same.
        }
    }
}
