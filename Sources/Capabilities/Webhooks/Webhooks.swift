public import Concurrency
public import Database
import FoundationEssentials
public import HTTPClient
public import Observability
public import Web
public import Workflows

/// Tells receivers outside, signed after Standard Webhooks 1.0, of every job that ends.
///
/// The message is written in the transaction that closes the job, and a workflow of the engine's own delivers it: what
/// ended is told, whatever dies in between.
public struct Webhooks: Sendable {
    let store = WebhookStore()
    let database: any Database
    let engine: any WorkflowEngine
    let client: any HTTPClient
    let clock: any WallClock
    let logger: Logger
    let random: @Sendable () -> Double

    /// Creates the sender.
    /// - Parameter random: Numbers from 0 up to 1 for the jitter of retries.
    public init(
        database: any Database, engine: any WorkflowEngine, client: any HTTPClient, clock: any WallClock,
        logger: Logger, random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
    ) {
        self.database = database
        self.engine = engine
        self.client = client
        self.clock = clock
        self.logger = logger.labelled("webhooks")
        self.random = random
    }

    /// The history of the tables.
    public static var migrations: [Migration] { WebhookStore.migrations }

    /// Adds `/admin/webhooks`.
    /// - Parameter access: Who may use it.
    public func register(routes: inout Router, access: Access) {
        WebhookRoutes(webhooks: self, access: access).register(in: &routes)
    }

    /// Adds what delivers messages.
    public func register(workflows: inout WorkflowRegistry) {
        workflows.register(DeliverWebhook.self)
        workflows.register(
            SendWebhook(
                store: store, database: database, client: client, clock: clock, logger: logger, random: random))
    }

    /// Asks the engine to be told of every job that ends.
    public func listen() {
        engine.whenClosed(if: { [store] in try store.hasListeners(in: $0) }) { job, connection in
            try announce(job, in: connection)
        }
    }

    /// Writes a message for everybody who wants to hear of it, and begins to deliver it.
    private func announce(_ job: WorkflowDescription, in connection: any SQLConnection) throws {
        guard job.workflow != DeliverWebhook.name, let event = WebhookEvent(job.status) else { return }
        let listeners = try store.listeners(in: connection).filter { $0.wants(event, of: job.owner) }
        guard !listeners.isEmpty else { return }
        let body = try WebhookBody(event, job).encoded()
        for endpoint in listeners {
            try begin(
                WebhookDelivery(
                    to: endpoint.id, event: event, body: body, jobID: job.id.rawValue, createdAt: clock.now),
                in: connection)
        }
    }

    /// Writes a message and begins to deliver it.
    func begin(_ delivery: WebhookDelivery, in connection: any SQLConnection) throws {
        try store.insert(delivery, in: connection)
        try deliver(delivery, in: connection)
    }

    /// Starts the workflow of a message's round.
    func deliver(_ delivery: WebhookDelivery, in connection: any SQLConnection) throws {
        _ = try engine.start(
            DeliverWebhook.self, id: try WorkflowID("webhook:\(delivery.id):\(delivery.round)"),
            input: DeliverWebhook.Input(delivery: delivery.id, round: delivery.round),
            // By receiver, so that one with ten thousand messages does not hold up the others.
            options: StartOptions(owner: delivery.endpointID), in: connection)
    }
}
