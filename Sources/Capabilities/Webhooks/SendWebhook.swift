import Concurrency
import Database
import FoundationEssentials
import HTTPClient
import Observability
import Workflows

/// One try: signs the message, sends it, and writes down what came of it.
///
/// A receiver may get a message twice, under one id: after a crash between the answer and its record nobody knows
/// whether it came.
struct SendWebhook: Activity {
    struct Input: Codable, Sendable {
        let delivery: String
        let round: Int
        let attempt: Int
    }

    enum Output: Codable, Sendable, Equatable {
        case delivered
        case wait(seconds: Double)
        case givenUp
    }

    static let name = "SendWebhook"
    /// Retried only where the record could not be written; how often a message is tried is ``WebhookSchedule``'s.
    static let options = ActivityOptions(
        taskQueue: .webhooks,
        retry: RetryPolicy(initialInterval: .seconds(1), maximumInterval: .seconds(60), maximumAttempts: nil),
        startToClose: .seconds(60))

    /// The time for a whole try; what the receiver answers is of interest only up to what is kept.
    static let policy = OutboundPolicy(
        trust: .guarded, connectTimeout: .seconds(10), timeout: .seconds(15), lowestSpeed: nil,
        maximumBodySize: 1 << 40, maximumRedirects: 0, decompresses: false)

    let store: WebhookStore
    let database: any Database
    let client: any HTTPClient
    let clock: any WallClock
    let logger: Logger
    let random: @Sendable () -> Double

    func run(_ input: Input, in activity: ActivityContext) async throws -> Output {
        let found = try await database.read { [store] connection in
            let delivery = try store.delivery(input.delivery, in: connection)
            return (delivery, try delivery.flatMap { try store.endpoint($0.endpointID, in: connection) })
        }
        guard let delivery = found.0, let endpoint = found.1, delivery.round == input.round else { return .givenUp }
        guard endpoint.isEnabled else {
            try await database.write { [store] in try store.setStatus(.failed, of: delivery, in: $0) }
            return .givenUp
        }
        let start = clock.now
        let answer = await send(delivery, to: endpoint, at: start)
        try Task.checkCancellation()
        let attempt = WebhookAttempt(
            number: input.attempt, startedAt: start,
            milliseconds: Int((clock.now.timeIntervalSince(start) * 1000).rounded()), status: answer.status,
            error: answer.error)
        return try await conclude(attempt, answer, delivery, endpoint)
    }

    private func conclude(
        _ attempt: WebhookAttempt, _ answer: WebhookAnswer, _ delivery: WebhookDelivery, _ endpoint: WebhookEndpoint
    ) async throws -> Output {
        let wait = WebhookSchedule.wait(after: attempt.number, asked: answer.retryAfter, random: random())
        let output: Output =
            if answer.isDelivered {
                .delivered
            } else if !answer.isGone, let wait {
                .wait(seconds: wait.seconds)
            } else {
                .givenUp
            }
        let now = clock.now
        try await database.write { [store] connection in
            let status: WebhookDelivery.Status =
                switch output {
                case .delivered: .delivered
                case .wait: .pending
                case .givenUp: .failed
                }
            try store.record(attempt, of: delivery, as: status, in: connection)
            try store.noteHealth(of: endpoint, isArrived: answer.isDelivered, at: now, in: connection)
            if answer.isGone {
                try store.disable(endpoint.id, because: "The receiver answered 410 Gone.", in: connection)
            } else if output == .givenUp {
                try giveUpIfLongSilent(endpoint.id, at: now, in: connection)
            }
        }
        if output != .delivered {
            logger.warning(
                "a webhook did not arrive",
                [
                    "delivery": .text(delivery.id), "endpoint": .text(endpoint.id), "try": .integer(attempt.number),
                    "status": .integer(answer.status ?? 0), "error": .text(answer.kind),
                ])
        }
        return output
    }

    private func giveUpIfLongSilent(_ id: String, at now: Date, in connection: any SQLConnection) throws {
        guard let since = try store.endpoint(id, in: connection)?.failingSince,
            now.timeIntervalSince(since) >= WebhookEndpoint.patience.seconds
        else { return }
        try store.disable(id, because: "No message has arrived for three days.", in: connection)
    }

    private func send(_ delivery: WebhookDelivery, to endpoint: WebhookEndpoint, at time: Date) async -> WebhookAnswer {
        let timestamp = Int(time.timeIntervalSince1970)
        let signatures = endpoint.secrets(at: time).map {
            $0.signature(id: delivery.id, timestamp: timestamp, body: delivery.body)
        }
        do {
            let request = OutboundRequest(
                "POST", try OutboundURL(endpoint.url),
                headers: [
                    "Content-Type": "application/json", "webhook-id": delivery.id,
                    "webhook-timestamp": String(timestamp), "webhook-signature": signatures.joined(separator: " "),
                ], body: .bytes(delivery.body), isRepeatable: true)
            return await WebhookAnswer(try await client.send(request, under: Self.policy))
        } catch {
            return WebhookAnswer(error)
        }
    }
}
