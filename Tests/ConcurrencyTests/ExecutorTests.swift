import AtelierTesting
import Concurrency
import Foundation
import Testing

/// Number of the calling operating-system thread; of a function, since Swift may move tasks between threads.
private func threadNumber() -> Int { Int(pthread_self()) }

/// Names of this process's threads, as `top -H` shows them.
private func threadNames() -> [String] {
    let tasks = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
    return tasks.compactMap { try? String(contentsOfFile: "/proc/self/task/\($0)/comm", encoding: .utf8) }
        .map { $0.trimmingCharacters(in: .newlines) }
}

/// Looks until `isTrue`, for a minute at most: for events of the kernel, which nobody announces.
private func eventually(_ isTrue: () -> Bool) async -> Bool {
    let end = ContinuousClock.now + .seconds(60)
    while ContinuousClock.now < end {
        if isTrue() { return true }
        await Task.yield()
    }
    return false
}

private actor Confined {
    private nonisolated let executor: ThreadExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
    private var count = 0
    private var isInside = false
    private(set) var overlaps = 0

    init(_ executor: ThreadExecutor) { self.executor = executor }

    func thread() -> Int { threadNumber() }

    func visit() {
        if isInside { overlaps += 1 }
        isInside = true
        count += 1
        isInside = false
    }

    func visits() -> Int { count }

    /// What a C callback on the actor's thread may do.
    func callback() -> Int { Self.sync(self) }
    private static nonisolated func sync(_ actor: Confined) -> Int { actor.assumeIsolated { $0.count } }
}

@Suite struct `A thread executor` {
    @Test func `runs its actors on one thread of its own`() async {
        let executor = ThreadExecutor(name: "test-one")
        let (first, second) = (Confined(executor), Confined(executor))

        var threads: Set<Int> = []
        for _ in 0..<50 {
            threads.insert(await first.thread())
            threads.insert(await second.thread())
        }
        #expect(threads.count == 1)
        #expect(threadNames().contains("test-one"))
    }

    @Test func `runs one job at a time, and loses none`() async {
        let actor = Confined(ThreadExecutor(name: "test-serial"))
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<100 { group.addTask { for _ in 0..<100 { await actor.visit() } } }
        }
        #expect(await actor.visits() == 10_000)
        #expect(await actor.overlaps == 0)
    }

    @Test func `is recognised from inside, so that callbacks reach the actor's state`() async {
        let actor = Confined(ThreadExecutor(name: "test-inside"))
        await actor.visit()
        #expect(await actor.callback() == 1)
    }

    @Test func `blocks nobody else while its thread is blocked`() async {
        let gate = ThreadGate()
        let workers = WorkerThreads(name: "test-block", count: 4)
        // More blocked threads than the machine has cores would stop everything if they were Swift's own.
        let blocked = (0..<4).map { _ in Task { await workers.run { gate.wait() } } }
        let actor = Confined(ThreadExecutor(name: "test-free"))
        await actor.visit()
        gate.open()
        for task in blocked { await task.value }
        #expect(await actor.visits() == 1)
    }

    @Test func `ends its thread when nobody needs it any more, after the jobs that wait`() async {
        do {
            let actor = Confined(ThreadExecutor(name: "test-ending"))
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<200 { group.addTask { await actor.visit() } }
            }
            #expect(await actor.visits() == 200)
            #expect(threadNames().contains("test-ending"))
        }
        #expect(await eventually { !threadNames().contains("test-ending") })
    }
}

@Suite struct `Worker threads` {
    @Test func `run work off Swift's own threads, as many at once as there are`() async {
        let workers = WorkerThreads(name: "test-many", count: 3)
        let inside = Occupancy()

        let threads = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<60 {
                group.addTask {
                    await workers.run {
                        inside.enter()
                        usleep(500)
                        inside.leave()
                        return threadNumber()
                    }
                }
            }
            return await group.reduce(into: Set<Int>()) { $0.insert($1) }
        }
        #expect(inside.most <= 3)
        #expect(threads.count <= 3)
        let others = await (0..<20).asyncThreads()
        #expect(threads.isDisjoint(with: others))
    }

    @Test func `use every thread there is`() async {
        let workers = WorkerThreads(name: "test-all", count: 3)
        let inside = Occupancy()
        let gate = ThreadGate()
        let tasks = (0..<3).map { _ in
            Task {
                await workers.run {
                    inside.enter()
                    gate.wait()
                }
            }
        }
        #expect(await eventually { inside.now == 3 })
        gate.open()
        for task in tasks { await task.value }
    }

    struct Failure: Error, Equatable {}

    @Test func `hand errors on with their type`() async {
        let workers = WorkerThreads(name: "test-error", count: 1)
        await #expect(throws: Failure()) {
            try await workers.run { () throws(Failure) in throw Failure() }
        }
        #expect(await workers.run { 7 } == 7)
    }

    @Test func `let work see that its task was cancelled`() async {
        let workers = WorkerThreads(name: "test-cancel", count: 1)
        let begun = ShutdownSignal()
        let gate = ThreadGate()
        let task = Task {
            await workers.run {
                begun.trigger()
                gate.wait()
                return Task.isCancelled
            }
        }
        await begun.wait()
        task.cancel()
        gate.open()
        #expect(await task.value)
    }

    @Test func `carry the task's own values to the work`() async {
        let workers = WorkerThreads(name: "test-local", count: 1)
        let seen = await Marker.$value.withValue(42) { await workers.run { Marker.value } }
        #expect(seen == 42)
    }

    @Test func `end when nobody needs them any more`() async {
        do {
            let workers = WorkerThreads(name: "test-gone", count: 2)
            #expect(await workers.run { true })
        }
        #expect(await eventually { !threadNames().contains { $0.hasPrefix("test-gone") } })
    }

    @Test func `serve a whole task that prefers them`() async {
        let workers = WorkerThreads(name: "test-prefer", count: 1)
        let own = await workers.run { threadNumber() }
        let preferred = await withTaskExecutorPreference(workers) { await nested() }
        #expect(preferred == own)
    }

    @concurrent private func nested() async -> Int { threadNumber() }
}

private enum Marker { @TaskLocal static var value = 0 }

extension Range<Int> {
    /// The threads on which Swift itself runs tasks.
    fileprivate func asyncThreads() async -> Set<Int> {
        await withTaskGroup(of: Int.self) { group in
            for _ in self { group.addTask { threadNumber() } }
            return await group.reduce(into: Set<Int>()) { $0.insert($1) }
        }
    }
}

/// Counts who is inside, and how many at most there ever were.
private final class Occupancy: Sendable {
    private let state = Locked((now: 0, most: 0))
    var now: Int { state.withLock { $0.now } }
    var most: Int { state.withLock { $0.most } }
    func enter() {
        state.withLock { state in
            state.now += 1
            state.most = max(state.most, state.now)
        }
    }
    func leave() { state.withLock { $0.now -= 1 } }
}
