import Concurrency
import Database
import Observability
import Settings
import Workflows
import WorkflowsSQL

/// Workflows in the program's own database.
struct EmbeddedEngine: Engine {
    private let engine: SQLWorkflowEngine
    private let database: any Database
    private let settings: ProgramSettings
    private let logger: Logger
    private let metrics: Metrics

    init(
        _ settings: ProgramSettings, database: any Database, clock: any WallClock, logger: Logger, metrics: Metrics
    ) {
        engine = SQLWorkflowEngine(database: database, clock: clock)
        self.database = database
        self.settings = settings
        self.logger = logger
        self.metrics = metrics
    }

    var client: any WorkflowSupervisor & TaskQueueControl { engine }
    let migrations = Migration.workflows

    func services(
        for roles: Set<Role>, forget: @escaping @Sendable (WorkflowDescription) async throws -> Void
    ) -> [any Service] {
        var services: [any Service] = []
        if roles.contains(.api) { services.append(WorkflowNews(engine: engine)) }
        if roles.contains(.worker) {
            let keep = settings[WorkflowSettings.retention]
            services.append(WorkflowRetention(engine: engine, keep: keep, logger: logger, forget: forget))
        }
        return services
    }

    func worker(_ plan: WorkerPlan) -> any Service {
        WorkflowWorker(
            engine: engine, registry: plan.registry, queues: plan.queues, holdsWorkflows: plan.holdsWorkflows,
            limits: WorkerLimits(
                lossesUntilPoison: settings[WorkflowSettings.crashLimit],
                poll: database.dialect == .postgresql ? nil : .milliseconds(20)...(.seconds(1)),
                stopGrace: plan.stopGrace),
            logger: logger, metrics: metrics)
    }

    func close() async {}
}
