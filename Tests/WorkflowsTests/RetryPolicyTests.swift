import Concurrency
import Testing
import Workflows

@Suite struct `A retry policy` {
    private let policy = RetryPolicy(
        initialInterval: .seconds(1), coefficient: 3, maximumInterval: .seconds(20), maximumAttempts: 6, jitter: 0.5,
        nonRetryableKinds: ["fatal"])

    @Test func `waits longer each time, up to its longest wait`() {
        let waits = (1...5).map { policy.delay(afterAttempt: $0, random: 1).seconds }
        #expect(waits == [1, 3, 9, 20, 20])
    }

    @Test(arguments: [0, 0.25, 0.5, 0.999]) func `jitters only below its wait`(random: Double) {
        for attempt in 1...50 {
            let full = policy.delay(afterAttempt: attempt, random: 1).seconds
            let wait = policy.delay(afterAttempt: attempt, random: random).seconds
            #expect(wait >= full / 2 - 0.001)
            #expect(wait <= full)
        }
    }

    @Test func `stays finite after very many attempts`() {
        #expect(policy.delay(afterAttempt: .max, random: 1) == .seconds(20))
    }

    @Test func `ends with its attempts and with kinds that cannot be retried`() {
        #expect(policy.allowsRetry(afterAttempt: 5, kind: "busy"))
        #expect(!policy.allowsRetry(afterAttempt: 6, kind: "busy"))
        #expect(!policy.allowsRetry(afterAttempt: 1, kind: "fatal"))
    }
}
