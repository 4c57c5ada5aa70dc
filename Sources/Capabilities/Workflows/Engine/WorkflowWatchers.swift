import Concurrency

/// Who in this process watches which workflow.
package final class WorkflowWatchers: Sendable {
    private struct State {
        var next = 0
        var streams: [WorkflowID: [Int: AsyncStream<Void>.Continuation]] = [:]
        /// What was last seen of each that is watched.
        var seen: [WorkflowID: String] = [:]

        mutating func remove(_ id: Int, from workflow: WorkflowID) {
            streams[workflow]?[id] = nil
            if streams[workflow]?.isEmpty == true { forget(workflow) }
        }

        mutating func forget(_ workflow: WorkflowID) {
            streams[workflow] = nil
            seen[workflow] = nil
        }
    }
    private let state = Locked(State())

    /// Nobody watches anything.
    package init() {}

    /// A stream that yields at once and then on each announcement; what is not read in time is one.
    package func changes(of workflow: WorkflowID) -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let id = state.withLock { state in
            state.next += 1
            state.streams[workflow, default: [:]][state.next] = continuation
            return state.next
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { $0.remove(id, from: workflow) }
        }
        continuation.yield()
        return stream
    }

    /// Says that a workflow has moved.
    /// - Parameter isClosed: Its streams end.
    package func announce(_ workflow: WorkflowID, isClosed: Bool = false) {
        let streams = state.withLock { state in
            let streams = state.streams[workflow].map { Array($0.values) } ?? []
            if isClosed { state.forget(workflow) }
            return streams
        }
        for stream in streams {
            stream.yield()
            if isClosed { stream.finish() }
        }
    }

    /// The workflows that somebody watches here.
    package var watched: [WorkflowID] { state.withLock { Array($0.streams.keys) } }

    /// Notes where a watched workflow stands.
    /// - Returns: Whether that is news; the first time it is, since it may have moved before.
    package func note(_ place: String, of workflow: WorkflowID) -> Bool {
        state.withLock { state in
            guard state.streams[workflow] != nil else { return false }
            return state.seen.updateValue(place, forKey: workflow) != place
        }
    }
}
