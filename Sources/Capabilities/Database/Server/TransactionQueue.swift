import Concurrency

/// Transactions waiting for a fixed number of connections: the next free one takes the oldest.
///
/// While connections are busy an addition costs one lock and nothing else. Time is counted in ticks, from the outside.
final class TransactionQueue: Sendable {
    /// How many ticks a transaction may wait.
    static let ticksOfPatience = 4

    enum Admission {
        case closed
        case full
        /// It waits; after the first to wait somebody must begin to tick.
        case queued(isFirst: Bool)
        /// The caller must make this idle worker drain the queue.
        case wake(worker: Int)
    }

    private struct Entry {
        let transaction: PendingTransaction
        let tick: Int
    }

    private struct State {
        var waiting: [Entry] = []
        var head = 0
        var idle: [Int]
        var tick = 0
        var isTicking = false
        var isClosed = false
        var count: Int { waiting.count - head }
    }

    private let state: Locked<State>
    private let workers: Int
    private let limit: Int

    init(workers: Int, limit: Int) {
        self.workers = workers
        self.limit = limit
        state = Locked(State(idle: Array((0..<workers).reversed())))
    }

    /// How many workers are busy, and how much waits.
    var load: (busy: Int, waiting: Int) { state.withLock { (workers - $0.idle.count, $0.count) } }

    func add(_ transaction: PendingTransaction) -> Admission {
        state.withLock { state in
            guard !state.isClosed else { return .closed }
            guard state.count < limit else { return .full }
            state.waiting.append(Entry(transaction: transaction, tick: state.tick))
            // The one that worked last: its connection is warm, and those that are not needed stay closed.
            if let worker = state.idle.popLast() { return .wake(worker: worker) }
            defer { state.isTicking = true }
            return .queued(isFirst: !state.isTicking)
        }
    }

    /// The oldest transaction; nil makes `worker` idle.
    func take(as worker: Int) -> PendingTransaction? {
        state.withLock { state in
            guard state.count > 0 else {
                // A worker may drain once more on its way out, when it is idle already.
                if !state.idle.contains(worker) { state.idle.append(worker) }
                return nil
            }
            defer { Self.compact(&state) }
            state.head += 1
            return state.waiting[state.head - 1].transaction
        }
    }

    /// Lets a quarter of the patience pass.
    /// - Returns: What has waited for too long and waits no more.
    func tick() -> [PendingTransaction] {
        state.withLock { state in
            state.tick += 1
            let late = state.waiting[state.head...].prefix { state.tick - $0.tick > Self.ticksOfPatience }
            let transactions = late.map(\.transaction)
            state.head += late.count
            Self.compact(&state)
            return transactions
        }
    }

    /// Whether anything waits; if not, the next that does begins to tick anew.
    func mustTick() -> Bool {
        state.withLock { state in
            state.isTicking = state.count > 0
            return state.isTicking
        }
    }

    /// Refuses what comes later; what waits is still served.
    func close() { state.withLock { $0.isClosed = true } }

    /// Dropped in lumps: removing the first element each time would shift the whole array.
    private static func compact(_ state: inout State) {
        if state.head == state.waiting.count {
            state.waiting.removeAll(keepingCapacity: true)
            state.head = 0
        } else if state.head >= 256, state.head * 2 >= state.waiting.count {
            state.waiting.removeFirst(state.head)
            state.head = 0
        }
    }
}
