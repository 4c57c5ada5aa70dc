import Concurrency
import Workflows

/// The runs a worker keeps in memory between their tasks: the most recently used ones.
///
/// A run is out while somebody works on it, so nobody else does.
final class RunCache: Sendable {
    private struct State {
        var idle: [String: (run: CachedRun, lastUse: Int)] = [:]
        var uses = 0
    }
    private let state = Locked(State())
    private let limit: Int

    /// Keeps up to `limit` runs; about 10 kB each.
    init(limit: Int) { self.limit = limit }

    /// Takes a run out; nil when it is not here.
    func take(_ runID: String) -> CachedRun? { state.withLock { $0.idle.removeValue(forKey: runID)?.run } }

    /// Puts a run back, and lets the one unused for longest go when there are too many.
    func put(_ run: CachedRun, as runID: String) {
        let evicted = state.withLock { state -> [CachedRun] in
            state.uses += 1
            var evicted = [state.idle.updateValue((run, state.uses), forKey: runID)?.run]
            if state.idle.count > limit, let oldest = state.idle.min(by: { $0.value.lastUse < $1.value.lastUse }) {
                evicted.append(state.idle.removeValue(forKey: oldest.key)?.run)
            }
            return evicted.compactMap { $0 }
        }
        for run in evicted { run.decider.evict() }
    }

    /// Lets everything go.
    func removeAll() {
        let runs = state.withLock { state in
            defer { state.idle = [:] }
            return state.idle.values.map(\.run)
        }
        for run in runs { run.decider.evict() }
    }
}
