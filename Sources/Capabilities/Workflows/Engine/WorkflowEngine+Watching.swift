public import Concurrency

extension WorkflowEngine {
    /// Calls `body` with where a workflow stands: at once, whenever that has changed, and a last time at its end.
    ///
    /// A workflow that another process runs is looked at every `interval`.
    /// - Returns: Whether the end was seen; false when there is no such workflow, or no longer.
    /// - Throws: What `body` throws, or `CancellationError`.
    @discardableResult
    public func watch(
        _ id: WorkflowID, every interval: Duration = .seconds(1), clock: any WallClock = SystemClock(),
        _ body: (WorkflowDescription) async throws -> Void
    ) async throws -> Bool {
        let (looks, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        return try await withThrowingTaskGroup(of: Void.self) { group in
            defer {
                continuation.finish()
                group.cancelAll()
            }
            group.addTask { for await _ in changes(of: id) { continuation.yield() } }
            group.addTask {
                while true {
                    // Cancelled with the group, and then nobody looks any more.
                    guard (try? await clock.sleep(for: interval)) != nil else { return continuation.finish() }
                    continuation.yield()
                }
            }
            var last: WorkflowDescription?
            for await _ in looks {
                guard let found = try await describe(id) else { return false }
                if found != last { try await body(found) }
                if found.status.isClosed { return true }
                last = found
            }
            throw CancellationError()
        }
    }
}
