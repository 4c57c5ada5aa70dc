import AtelierTesting
import Concurrency
import Foundation
import Testing

@Suite struct `The manual clock` {
    @Test func `wakes sleepers when their time has come, and not before`() async throws {
        let clock = ManualClock()
        let order = Order()
        let sleepers = [30, 10, 20].map { seconds in
            Task {
                try await clock.sleep(for: .seconds(seconds))
                order.add(seconds)
            }
        }
        await clock.whenSomeoneSleeps(count: 3)

        clock.advance(by: .seconds(9))
        #expect(clock.sleeperCount == 3)
        clock.advance(by: .seconds(1))
        try await sleepers[1].value
        #expect(order.all == [10])
        clock.advance(by: .seconds(20))
        for sleeper in sleepers { try await sleeper.value }
        #expect(order.all.sorted() == [10, 20, 30])
        #expect(clock.now == Date(timeIntervalSince1970: 1_767_225_630))
    }

    @Test func `lets a cancelled sleeper go, at any moment`() async {
        let clock = ManualClock()
        for round in 0..<200 {
            let sleeper = Task { try await clock.sleep(for: .seconds(1)) }
            if round % 2 == 0 { await clock.whenSomeoneSleeps() }
            sleeper.cancel()
            await #expect(throws: CancellationError.self) { try await sleeper.value }
        }
        #expect(clock.sleeperCount == 0)
    }

    @Test func `does not sleep for no time`() async throws {
        try await ManualClock().sleep(for: .zero)
    }

    @Test func `may go back without waking anybody`() async throws {
        let clock = ManualClock()
        let sleeper = Task { try await clock.sleep(for: .seconds(10)) }
        await clock.whenSomeoneSleeps()
        clock.set(to: Date(timeIntervalSince1970: 0))
        #expect(clock.sleeperCount == 1)
        sleeper.cancel()
    }
}

private final class Order: Sendable {
    private let numbers = Locked<[Int]>([])
    var all: [Int] { numbers.withLock { $0 } }
    func add(_ number: Int) { numbers.withLock { $0.append(number) } }
}

@Suite struct `A lock` {
    @Test func `is held by one thread at a time`() async {
        let counter = Counter()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { for _ in 0..<10_000 { counter.increment() } } }
        }
        #expect(counter.value == 80_000)
    }

    @Test func `is free again after a failure`() {
        struct Failure: Error {}
        let lock = Locked(1)
        #expect(throws: Failure.self) { try lock.withLock { (_: inout Int) throws(Failure) in throw Failure() } }
        #expect(lock.withLock { $0 } == 1)
    }

    private final class Counter: Sendable {
        private let number = Locked(0)
        var value: Int { number.withLock { $0 } }
        func increment() { number.withLock { $0 += 1 } }
    }
}

@Suite struct `A duration in seconds` {
    @Test(arguments: [(Duration.milliseconds(1500), 1.5), (.seconds(-2), -2), (.nanoseconds(1), 1e-9), (.zero, 0)])
    func `keeps its fraction and its sign`(duration: Duration, seconds: Double) {
        #expect(abs(duration.seconds - seconds) < 1e-15)
    }
}

@Suite struct `A temporary folder` {
    @Test func `goes with everything in it`() async throws {
        let path = try await withTemporaryFolder { folder in
            try Data("x".utf8).write(to: URL(fileURLWithPath: folder.file("a")))
            #expect(FileManager.default.fileExists(atPath: folder.file("a")))
            return folder.path
        }
        #expect(!FileManager.default.fileExists(atPath: path))
    }
}
