import AtelierTesting
import Concurrency
import Foundation
import Testing

@Suite(.timeLimit(.minutes(1))) struct `A polling thread` {
    private actor Guest {
        let thread: PollingThread
        nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }
        private(set) var visits = 0

        init(_ thread: PollingThread) { self.thread = thread }

        func visit() -> Int {
            thread.checkIsolated()
            visits += 1
            return visits
        }
    }

    private final class Counter: Sendable {
        private let count = Locked(0)
        var value: Int { count.withLock { $0 } }
        func add() { count.withLock { $0 += 1 } }
    }

    /// Waits as a user of the thread does: for its wake descriptor.
    private static func wait(on thread: PollingThread) {
        var descriptor = pollfd(fd: thread.wakeDescriptor, events: Int16(POLLIN), revents: 0)
        poll(&descriptor, 1, -1)
    }

    @Test func `runs every job, also those that come all at once`() async {
        let thread = PollingThread(name: "test-poll")
        let guest = Guest(thread)
        thread.start { Self.wait(on: thread) }

        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<1000 { group.addTask { _ = await guest.visit() } }
        }

        #expect(await guest.visits == 1000)
        thread.stop()
    }

    @Test func `runs jobs that come after its end too, so that nobody waits for ever`() async {
        let thread = PollingThread(name: "test-poll")
        let guest = Guest(thread)
        thread.start { Self.wait(on: thread) }
        _ = await guest.visit()

        thread.stop()

        for visit in 2...100 { #expect(await guest.visit() == visit) }
    }

    @Test func `lets its sockets have their turn, however many jobs keep coming`() async {
        let thread = PollingThread(name: "test-poll")
        let guest = Guest(thread)
        let turns = Counter()
        thread.start { turns.add() }

        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask { while turns.value < 100 { _ = await guest.visit() } }
            }
        }

        #expect(turns.value >= 100)
        thread.stop()
    }
}
