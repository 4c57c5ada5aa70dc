import Concurrency
import FoundationEssentials
import GRPCClient
import Observability
import Workflows

/// Runs activities: a slot each, and what they say sent to the server.
final class ActivityTasks: Sendable {
    private struct State {
        var busy: [TaskQueue: Int] = [:]
        var running: [String: Running] = [:]
        var reserved: [QueuePermit] = []
        var isStopping = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }
    private struct Running {
        let attempt: ActivityAttempt
        let task: Task<Void, Never>
    }

    private let setup: TemporalWorkerSetup
    private let state = Locked(State())

    init(_ setup: TemporalWorkerSetup) { self.setup = setup }

    private var cluster: TemporalCluster { setup.cluster }

    // MARK: slots

    /// Takes a slot if one is free.
    func takeSlot(_ queue: TaskQueue) -> Bool {
        let limit = setup.queues[queue] ?? 0
        return state.withLock { state in
            guard !state.isStopping, state.busy[queue, default: 0] < limit else { return false }
            state.busy[queue, default: 0] += 1
            return true
        }
    }

    /// Takes a slot for an activity that may come back with the very command that schedules it.
    func reserve(_ queue: TaskQueue) -> Bool {
        guard takeSlot(queue) else { return false }
        guard let permit = setup.gate.admitAtOnce(queue) else {
            freeSlot(queue)
            return false
        }
        state.withLock { $0.reserved.append(permit) }
        return true
    }

    /// Frees slots whose activities did not come back.
    func releaseReserved(_ queues: some Sequence<TaskQueue>) {
        for queue in queues {
            if let permit = takeReserved(queue) { giveBack(permit) }
        }
    }

    private func takeReserved(_ queue: TaskQueue) -> QueuePermit? {
        state.withLock { state in
            state.reserved.firstIndex { $0.queue == queue }.map { state.reserved.remove(at: $0) }
        }
    }

    /// Gives back a permit and the slot that was taken with it.
    func giveBack(_ permit: QueuePermit) {
        setup.gate.release(permit)
        freeSlot(permit.queue)
    }

    func freeSlot(_ queue: TaskQueue) {
        let waiters = state.withLock { state in
            state.busy[queue, default: 1] -= 1
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Returns when a slot was freed, or a stop was asked for.
    func waitForSlot() async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if state.isStopping { return true }
                state.waiters.append(continuation)
                return false
            }
            if isOver { continuation.resume() }
        }
    }

    /// How many activities of each queue run.
    var load: [TaskQueue: Int] {
        state.withLock { state in
            state.running.values.reduce(into: setup.queues.mapValues { _ in 0 }) {
                $0[$1.attempt.queue, default: 0] += 1
            }
        }
    }

    // MARK: running

    /// Runs an activity that came with the answer to its command; its slot is reserved.
    func beginEagerly(_ task: WireActivityTask, _ queue: TaskQueue) {
        // The server gives back no more than slots were reserved.
        guard let permit = takeReserved(queue) else { return }
        begin(task, permit)
    }

    /// Runs an activity whose slot is taken.
    func begin(_ task: WireActivityTask, _ permit: QueuePermit) {
        setup.gate.begin(permit)
        let key = Self.key(task.execution?.runID ?? "", task.activityID)
        let attempt = ActivityAttempt(task, permit.queue, setup)
        // Inside the lock, so that an attempt that ends at once is not noted after its end.
        state.withLock { state in
            // Kept in `running`, and waited for when the worker stops.
            let task = Task.detached { [self] in
                await attempt.run()
                end(key, attempt)
                giveBack(permit)
            }
            state.running[key] = Running(attempt: attempt, task: task)
        }
    }

    private func end(_ key: String, _ attempt: ActivityAttempt) {
        state.withLock { state in
            // The next attempt may have begun here already.
            if state.running[key]?.attempt === attempt { state.running[key] = nil }
        }
    }

    /// Cancels an activity that runs here, ahead of the server's word.
    func cancel(_ runID: String, _ activityID: String) {
        state.withLock { $0.running[Self.key(runID, activityID)]?.attempt }?.stop(.requested)
    }

    /// Whether no slot is given out any more.
    var isClosed: Bool { state.withLock { $0.isStopping } }

    /// Gives out no slot from now on.
    func close() {
        let waiters = state.withLock { state in
            state.isStopping = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Waits for what runs; cancels it after `grace`, and a moment later what still tries to reach the server.
    func finish(within grace: Duration) async {
        let running = state.withLock { Array($0.running.values) }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for one in running { await one.task.value } }
            group.addTask { [setup] in
                do {
                    try await setup.engine.clock.sleep(for: grace)
                    for one in running { one.attempt.stop(.stopping) }
                    try await setup.engine.clock.sleep(for: .seconds(5))
                    for one in running { one.task.cancel() }
                } catch {
                    // Everything was done in time.
                }
            }
            await group.next()
            group.cancelAll()
        }
    }

    private static func key(_ run: String, _ activity: String) -> String { run + "/" + activity }
}
