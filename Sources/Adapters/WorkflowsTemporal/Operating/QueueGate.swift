import Concurrency
import Database
import FoundationEssentials
import Observability
import Workflows

/// Where one worker asks whether it may ask the server for an activity: not while its queue is paused, and within the
/// queue's limit over all workers.
///
/// Whatever it lets through holds a ``QueuePermit``. Those of queues with a limit are rows of `temporal_permits`, which
/// count for as long as the worker's session lives; a worker that dies gives them back with its lease.
final class QueueGate: Sendable {
    struct Held: Sendable {
        let queue: TaskQueue
        /// The rules under which it was let through.
        let epoch: Int
        /// Asks the server; runs otherwise.
        var isPolling = true
        /// It is a row that others count.
        var isRecorded = false
    }
    struct State: Sendable {
        /// Whether the rules were read since others know of this worker; nothing is let through before.
        var isInformed = false
        var rules: [TaskQueue: QueueRule] = [:]
        /// How often the rules of a queue became others.
        var epochs: [TaskQueue: Int] = [:]
        var held: [String: Held] = [:]
        /// Given back, with rows that are to go.
        var returned: [String] = []
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
        var nextWaiter = 0
        var isStopping = false
    }

    let engine: TemporalWorkflowEngine
    let session: String
    let queues: [TaskQueue]
    let logger: Logger
    let state = Locked(State())
    /// After how long without a sign of life a worker's permits are free.
    let lease: Duration
    let (rings, bell) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    init(
        engine: TemporalWorkflowEngine, session: String, queues: [TaskQueue], logger: Logger,
        lease: Duration = .seconds(15)
    ) {
        self.engine = engine
        self.session = session
        self.queues = queues
        self.logger = logger
        self.lease = lease
    }

    /// Waits until an activity of `queue` may be asked for.
    /// - Returns: nil when the worker stops.
    func admit(_ queue: TaskQueue) async -> QueuePermit? {
        var pause = Duration.milliseconds(50)
        while true {
            switch state.withLock({ $0.answer(queue) }) {
            case .stopping: return nil
            case .admitted(let permit): return permit
            case .closed: await waitForChange()
            case .limited(let permit, let limit):
                if await record(permit, within: limit) { return permit }
                // Others give their permits back without a word to us. Cancelled when the worker stops.
                try? await engine.clock.sleep(for: pause * Double.random(in: 0.8..<1.2))
                pause = min(pause * 2, .milliseconds(500))
            }
            if Task.isCancelled { return nil }
        }
    }

    /// Returns when the rules are known, or the worker stops.
    func whenInformed() async {
        while !Task.isCancelled, !state.withLock({ $0.isInformed || $0.isStopping }) { await waitForChange() }
    }

    /// A permit for an activity that comes with the very command that schedules it; only where no rule holds.
    func admitAtOnce(_ queue: TaskQueue) -> QueuePermit? {
        state.withLock { state in
            guard state.isInformed, !state.isStopping, state.rules[queue]?.isRestricting != true else { return nil }
            let permit = state.permit(for: queue)
            state.held[permit.id] = Held(queue: queue, epoch: permit.epoch, isPolling: false)
            return permit
        }
    }

    /// An activity came and runs.
    func begin(_ permit: QueuePermit) {
        let isWatched = state.withLock { state in
            state.held[permit.id]?.isPolling = false
            return state.rules[permit.queue]?.isRestricting == true
        }
        if isWatched { bell.yield() }
    }

    /// Gives a permit back.
    func release(_ permit: QueuePermit) {
        let isWatched = state.withLock { state in
            if state.held.removeValue(forKey: permit.id)?.isRecorded == true { state.returned.append(permit.id) }
            return state.rules[permit.queue]?.isRestricting == true
        }
        if isWatched { bell.yield() }
    }

    /// Lets nothing through any more.
    func close() {
        let waiters = state.withLock { state in
            state.isStopping = true
            return state.takeWaiters()
        }
        for waiter in waiters { waiter.resume() }
    }

    private func waitForChange() async {
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.isStopping || Task.isCancelled { return true }
                    state.waiters[id] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.resume()
        }
    }
}

/// The right to run one activity of a queue.
struct QueuePermit: Sendable {
    let id: String
    let queue: TaskQueue
    let epoch: Int
}

extension QueueGate.State {
    enum Answer {
        case stopping, closed
        case admitted(QueuePermit)
        /// To be counted in the database first.
        case limited(QueuePermit, limit: Int)
    }

    mutating func answer(_ queue: TaskQueue) -> Answer {
        if isStopping { return .stopping }
        let rule = rules[queue] ?? QueueRule()
        guard isInformed, rule.pausedAt == nil else { return .closed }
        let permit = permit(for: queue)
        if let limit = rule.limits.concurrency { return .limited(permit, limit: limit) }
        held[permit.id] = QueueGate.Held(queue: queue, epoch: permit.epoch)
        return .admitted(permit)
    }

    func permit(for queue: TaskQueue) -> QueuePermit {
        QueuePermit(id: UUID().uuidString.lowercased(), queue: queue, epoch: epochs[queue, default: 0])
    }

    mutating func takeWaiters() -> [CheckedContinuation<Void, Never>] {
        defer { waiters = [:] }
        return Array(waiters.values)
    }

    /// Activities that run, by queue.
    var running: [String: Int] {
        held.values.reduce(into: [:]) { $0[$1.queue.rawValue, default: 0] += $1.isPolling ? 0 : 1 }.filter {
            $0.value > 0
        }
    }

    /// Puts new rules into force.
    mutating func heed(_ new: [TaskQueue: QueueRule]) {
        let changed = Set(new.keys).union(rules.keys).filter { new[$0] ?? QueueRule() != rules[$0] ?? QueueRule() }
        rules = new
        for queue in changed { epochs[queue, default: 0] += 1 }
    }

    /// Whether nothing is asked for any more that the rules do not allow.
    var isHeeding: Bool {
        held.values.allSatisfy { held in
            guard let rule = rules[held.queue], rule.isRestricting else { return true }
            if held.isPolling, held.epoch != epochs[held.queue, default: 0] { return false }
            return rule.limits.concurrency == nil || held.isRecorded
        }
    }
}
