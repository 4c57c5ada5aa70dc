import Concurrency

/// How often and when a message is tried: ten times over three days, as Standard Webhooks suggests.
enum WebhookSchedule {
    /// The waits after the first try, the second and so on.
    static let waits: [Duration] = [
        .seconds(5), .seconds(5 * 60), .seconds(30 * 60), .seconds(2 * 3600), .seconds(5 * 3600),
        .seconds(10 * 3600), .seconds(14 * 3600), .seconds(20 * 3600), .seconds(24 * 3600),
    ]
    /// The longest wait that a receiver may ask for.
    static let longestWait = Duration.seconds(24 * 3600)

    /// The wait after failed try number `attempt`, the first being 1; nil after the last.
    /// - Parameters:
    ///   - asked: The receiver's `Retry-After`; it lengthens the wait, up to a day.
    ///   - random: 0 up to 1; a wait is lengthened by up to a tenth, so that receivers that failed together are not tried
    ///     together.
    static func wait(after attempt: Int, asked: Duration?, random: Double) -> Duration? {
        guard attempt >= 1, attempt <= waits.count else { return nil }
        let wait = waits[attempt - 1]
        return max(wait * (1 + 0.1 * random), min(asked ?? .zero, longestWait))
    }
}
