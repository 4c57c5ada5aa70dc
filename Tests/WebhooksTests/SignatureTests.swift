import Testing

@testable import Webhooks

@Suite struct `Signatures` {
    @Test func `are those of the standard's own libraries`() throws {
        let secret = try #require(WebhookSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))

        let signature = secret.signature(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: 1_614_265_330, body: Array(#"{"test": 2432232314}"#.utf8))

        #expect(signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    }

    @Test(arguments: [
        "", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_AAAA", "whsec_!!!!",
        "whsec_" + String(repeating: "A", count: 88),
    ])
    func `need a secret of 24 to 64 bytes`(text: String) {
        #expect(WebhookSecret(text) == nil)
    }

    @Test func `a new secret is long, unlike the one before, and readable`() throws {
        let secret = WebhookSecret.random()

        #expect(secret.bytes.count == 32)
        #expect(secret != .random())
        #expect(WebhookSecret(secret.expose()) == secret)
    }

    @Test func `a secret does not show`() {
        let secret = WebhookSecret.random()
        var dumped = ""
        dump(secret, to: &dumped)

        #expect("\(secret)" == "(hidden)")
        #expect(!dumped.contains("bytes"))
    }
}

@Suite struct `The schedule of tries` {
    @Test func `has ten tries over three days`() {
        let waits = (1...9).compactMap { WebhookSchedule.wait(after: $0, asked: nil, random: 0) }

        #expect(waits.map { $0.components.seconds } == [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400])
        #expect(WebhookSchedule.wait(after: 10, asked: nil, random: 0) == nil)
        #expect(WebhookSchedule.wait(after: 10, asked: .seconds(5), random: 0) == nil)
    }

    @Test func `is stretched by up to a tenth`() {
        #expect(WebhookSchedule.wait(after: 2, asked: nil, random: 1) == .seconds(330))
    }

    @Test func `heeds a receiver that wants to be left alone, for a day at most`() {
        #expect(WebhookSchedule.wait(after: 1, asked: .seconds(60), random: 0) == .seconds(60))
        #expect(WebhookSchedule.wait(after: 2, asked: .seconds(60), random: 0) == .seconds(300))
        #expect(WebhookSchedule.wait(after: 1, asked: .seconds(1_000_000), random: 0) == .seconds(86_400))
    }
}
