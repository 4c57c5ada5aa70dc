import Generation
import Testing

@Suite struct `Generation errors` {
    private static let all: [GenerationError] = [
        .refusedByModeration(provider: "bfl", reasons: ["violence"]),
        .rateLimited(provider: "bfl", retryAfter: .seconds(30)),
        .unauthorised(provider: "bfl", setting: "BFL_API_KEY"), .outOfCredits(provider: "bfl"),
        .unsupportedRequest(reason: "A side is too long."), .expired(provider: "bfl"),
        .unavailable(provider: "bfl", retryAfter: nil), .garbageAnswer(provider: "bfl", detail: "<html>key=abc"),
        .uncertain(provider: "bfl", detail: "reset after key=abc"), .cancelled,
    ]

    @Test func `each has its own kind`() {
        #expect(Set(Self.all.map(\.kind)).count == Self.all.count)
    }

    @Test func `only what may pass by itself is tried again`() {
        let retryable = Self.all.filter(\.isRetryable).map(\.kind)

        #expect(retryable == ["rateLimited", "providerUnavailable", "garbageAnswer", "cancelled"])
    }

    @Test func `an order that may have been taken is never repeated by itself`() {
        #expect(GenerationError.uncertain(provider: "bfl", detail: "").isRetryable == false)
    }

    @Test func `the wait that a provider asked for is kept`() {
        #expect(GenerationError.rateLimited(provider: "bfl", retryAfter: .seconds(30)).retryAfter == .seconds(30))
        #expect(GenerationError.outOfCredits(provider: "bfl").retryAfter == nil)
    }

    @Test(arguments: all) func `a client reads a sentence without the provider's raw answer`(error: GenerationError) {
        #expect(error.message.hasSuffix("."))
        #expect(!error.message.contains("key=abc"))
    }

    @Test func `an operator is told which setting to look at`() {
        #expect(GenerationError.unauthorised(provider: "bfl", setting: "BFL_API_KEY").message.contains("BFL_API_KEY"))
    }
}
