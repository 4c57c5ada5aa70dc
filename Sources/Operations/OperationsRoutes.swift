public import Concurrency
public import Database
public import Observability
public import Storage
public import Web
public import Workflows

/// What every installation answers to, whatever its studios: health, metrics, files.
public struct OperationsRoutes: Sendable {
    private let health: HealthRoutes
    private let measurements: MetricsRoute
    private let files: FileRoute

    /// Creates the routes.
    public init(
        database: any Database, objects: any ObjectStore, engine: any WorkflowEngine, signer: URLSigner,
        metrics: Metrics, clock: any WallClock
    ) {
        health = HealthRoutes(checks: HealthChecks(database: database, objects: objects, engine: engine))
        measurements = MetricsRoute(metrics: metrics)
        files = FileRoute(objects: objects, signer: signer, clock: clock)
    }

    /// Adds them.
    public func register(in router: inout Router) {
        health.register(in: &router)
        measurements.register(in: &router)
        files.register(in: &router)
    }
}
