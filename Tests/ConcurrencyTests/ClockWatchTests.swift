import AtelierTesting
import Concurrency
import Testing

@Suite struct `A watch over the clock` {
    /// An hour and a minute, a day, to 2038.
    static let jumps: [Duration] = [.seconds(3660), .seconds(86_400), .seconds(12 * 365 * 86_400)]

    @Test func `trusts a clock that goes on as time does, for weeks`() {
        let clock = ManualClock()
        let watch = ClockWatch(clock)
        for _ in 0..<60 {
            clock.advance(by: .seconds(86_400))
            #expect(watch.isTrusted)
        }
    }

    @Test(arguments: jumps) func `distrusts one that was set forward, for a day`(jump: Duration) {
        let clock = ManualClock()
        let watch = ClockWatch(clock)
        clock.correct(by: jump)
        #expect(!watch.isTrusted)
        clock.advance(by: .seconds(86_000))
        #expect(!watch.isTrusted)
        clock.advance(by: .seconds(400))
        #expect(watch.isTrusted)
    }

    @Test(arguments: jumps) func `trusts one again that was set right`(jump: Duration) {
        let clock = ManualClock()
        let watch = ClockWatch(clock)
        clock.correct(by: jump)
        #expect(!watch.isTrusted)
        clock.correct(by: .zero - jump)
        #expect(watch.isTrusted)
    }
}
