import Concurrency
import Database

/// Every stream of words, so that they can be ended together.
final class PostgreSQLListeners: Sendable {
    private struct State {
        var listeners: [Int: PostgreSQLListener] = [:]
        var next = 0
        var isOver = false
    }
    private let state = Locked(State())
    /// More than a worker can fall behind: a word too many says no more than the one before it.
    private static let bufferedWords = 1024

    func listen(
        to channel: String, at location: PostgreSQLLocation, _ limits: PostgreSQLLimits
    ) -> AsyncStream<String> {
        let (stream, words) = AsyncStream.makeStream(
            of: String.self, bufferingPolicy: .bufferingNewest(Self.bufferedWords))
        let listener = PostgreSQLListener(channel, location, limits, words)
        let id = state.withLock { state -> Int? in
            guard !state.isOver else { return nil }
            state.next += 1
            state.listeners[state.next] = listener
            return state.next
        }
        guard let id else {
            words.finish()
            return stream
        }
        words.onTermination = { [weak self] _ in self?.remove(id) }
        listener.start()
        return stream
    }

    func end() {
        let listeners = state.withLock { state in
            state.isOver = true
            defer { state.listeners = [:] }
            return Array(state.listeners.values)
        }
        for listener in listeners { listener.stop() }
    }

    private func remove(_ id: Int) {
        let listener = state.withLock { $0.listeners.removeValue(forKey: id) }
        listener?.stop()
    }
}
