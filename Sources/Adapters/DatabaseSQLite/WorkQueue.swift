import Concurrency

/// Transactions waiting for a fixed set of workers: the next free worker takes the oldest.
///
/// A worker that finds nothing is idle until an addition wakes it. While workers are busy an addition costs one lock
/// and nothing else, so that a loaded database does not pay for waking threads.
final class WorkQueue<Work: Sendable>: Sendable {
    enum Admission {
        case closed
        case queued
        /// The caller must make this idle worker drain the queue.
        case wake(worker: Int)
    }

    private struct State {
        var waiting: [Work] = []
        var head = 0
        var idle: [Int]
        var isClosed = false
    }

    private let state: Locked<State>
    let workerCount: Int

    init(workers: Int) {
        workerCount = workers
        state = Locked(State(idle: Array((0..<workers).reversed())))
    }

    /// How many workers are busy, and how much waits.
    var load: (busy: Int, waiting: Int) {
        state.withLock { (workerCount - $0.idle.count, $0.waiting.count - $0.head) }
    }

    func add(_ work: Work) -> Admission {
        state.withLock { state in
            guard !state.isClosed else { return .closed }
            state.waiting.append(work)
            guard let worker = state.idle.popLast() else { return .queued }
            return .wake(worker: worker)
        }
    }

    /// The oldest work; nil makes `worker` idle.
    func take(as worker: Int) -> Work? {
        state.withLock { state in
            guard state.head < state.waiting.count else {
                state.waiting.removeAll(keepingCapacity: true)
                state.head = 0
                Self.rest(worker, in: &state)
                return nil
            }
            defer { Self.compact(&state) }
            state.head += 1
            return state.waiting[state.head - 1]
        }
    }

    /// All that waits, oldest first, up to `limit`; nothing makes `worker` idle.
    func takeAll(upTo limit: Int, as worker: Int) -> [Work] {
        state.withLock { state in
            let end = min(state.waiting.count, state.head + limit)
            let taken = Array(state.waiting[state.head..<end])
            state.head = end
            if taken.isEmpty { Self.rest(worker, in: &state) }
            Self.compact(&state)
            return taken
        }
    }

    /// Refuses what comes later; what waits is still served.
    func close() { state.withLock { $0.isClosed = true } }

    private static func rest(_ worker: Int, in state: inout State) {
        // A worker may drain once more on its way out, when it is idle already.
        if !state.idle.contains(worker) { state.idle.append(worker) }
    }

    /// Dropped in lumps: removing the first element each time would shift the whole array.
    private static func compact(_ state: inout State) {
        guard state.head == state.waiting.count || (state.head >= 256 && state.head * 2 >= state.waiting.count) else {
            return
        }
        state.waiting.removeFirst(state.head)
        state.head = 0
    }
}
