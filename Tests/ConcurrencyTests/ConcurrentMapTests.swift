import AtelierTesting
import Concurrency
import Testing

@Suite struct `A concurrent map` {
    private final class Meter: Sendable {
        private let state = Locked((now: 0, most: 0, begun: 0))
        var most: Int { state.withLock { $0.most } }
        var begun: Int { state.withLock { $0.begun } }
        func enter() {
            state.withLock { state in
                state.now += 1
                state.begun += 1
                state.most = max(state.most, state.now)
            }
        }
        func leave() { state.withLock { $0.now -= 1 } }
    }
    private struct Failure: Error, Equatable { var at: Int }

    @Test(arguments: [1, 3, 100])
    func `gives the results in the order of the elements, so many at a time`(limit: Int) async throws {
        let meter = Meter()
        let results = try await (0..<50).concurrentMap(atMost: limit) { number in
            meter.enter()
            for _ in 0..<(50 - number) { await Task.yield() }
            meter.leave()
            return number * 2
        }
        #expect(results == (0..<50).map { $0 * 2 })
        #expect(meter.most <= limit)
    }

    @Test func `really runs as many at once as it may`() async throws {
        let meter = Meter()
        let allIn = ShutdownSignal()
        // Nobody goes on before the third is in: with fewer at a time it would never end.
        _ = try await (0..<3).concurrentMap(atMost: 3) { _ in
            meter.enter()
            if meter.begun == 3 { allIn.trigger() }
            await allIn.wait()
        }
        #expect(meter.most == 3)
    }

    @Test func `throws the first failure, cancels what runs and starts no more`() async {
        let meter = Meter()
        await #expect(throws: Failure(at: 1)) {
            try await (0..<1000).concurrentMap(atMost: 2) { number in
                meter.enter()
                if number == 1 { throw Failure(at: 1) }
                try await Task.sleep(for: .seconds(3600))
            }
        }
        #expect(meter.begun == 2)
    }

    @Test func `of nothing is nothing`() async throws {
        #expect(try await [Int]().concurrentMap(atMost: 2) { $0 }.isEmpty)
    }
}
