public import Concurrency
import Database
import FoundationEssentials
import Observability

/// Forgets what was sent long ago.
public struct WebhookSweep: Service {
    /// `webhook-sweep`.
    public let name = "webhook-sweep"
    private let webhooks: Webhooks
    private let keep: Duration

    /// Creates the sweep.
    public init(_ webhooks: Webhooks, keep: Duration) {
        self.webhooks = webhooks
        self.keep = keep
    }

    /// Looks once an hour.
    public func run(until shutdown: ShutdownSignal) async throws {
        await shutdown.every(.seconds(3600), on: webhooks.clock) {
            let end = webhooks.clock.now.addingTimeInterval(-keep.seconds)
            // In portions, so that no other writer waits for a long delete.
            while try await forgetSome(before: end) == 500 {}
        } onFailure: { error in
            webhooks.logger.warning("old webhooks could not be removed", ["cause": "\(error)"])
        }
    }

    private func forgetSome(before end: Date) async throws -> Int {
        try await webhooks.database.write { [store = webhooks.store] in
            try store.forget(before: end, limit: 500, in: $0)
        }
    }
}
