import Concurrency
import Database
import Observability
import Settings
import Workflows
import WorkflowsTemporal

/// Workflows on a Temporal cluster; what was admitted and what is still to be told stand in the program's database.
struct TemporalEngine: Engine {
    private let engine: TemporalWorkflowEngine
    private let settings: ProgramSettings
    private let logger: Logger
    private let metrics: Metrics

    /// - Throws: ``ExitCode/wrongConfiguration`` once it was said what is wrong with a setting.
    init(_ settings: ProgramSettings, database: any Database, clock: any WallClock, logger: Logger, metrics: Metrics)
        throws
    {
        do throws(ConfigurationError) {
            let cluster = try TemporalCluster(settings: settings.configuration)
            engine = TemporalWorkflowEngine(cluster: cluster, database: database, clock: clock)
        } catch {
            for fault in error.faults { Terminal.error("atelier: " + fault) }
            throw ExitCode.wrongConfiguration
        }
        self.settings = settings
        self.logger = logger
        self.metrics = metrics
    }

    var client: any WorkflowSupervisor & TaskQueueControl { engine }
    let migrations = Migration.temporal

    func services(
        for roles: Set<Role>, forget: @escaping @Sendable (WorkflowDescription) async throws -> Void
    ) -> [any Service] {
        var services: [any Service] = [
            TemporalDispatcher(engine: engine, logger: logger, metrics: metrics)
        ]
        if roles.contains(.api) { services.append(TemporalPulse(engine: engine, logger: logger)) }
        if roles.contains(.worker) {
            let keep = settings[WorkflowSettings.retention]
            services.append(TemporalReconciler(engine: engine, logger: logger))
            services.append(TemporalRetention(engine: engine, keep: keep, logger: logger, forget: forget))
        }
        return services
    }

    func worker(_ plan: WorkerPlan) -> any Service {
        TemporalWorker(
            engine: engine, registry: plan.registry, queues: plan.queues, holdsWorkflows: plan.holdsWorkflows,
            build: TemporalBuild(settings: settings.configuration, version: Program.version),
            limits: TemporalWorkerLimits(stopGrace: plan.stopGrace), logger: logger, metrics: metrics)
    }

    func close() async { await engine.close() }
}

extension ProgramSettings {
    /// Tests the workflow engine, for the doctor.
    /// - Returns: What was found, in a few words.
    func examineEngine() async throws -> String {
        guard self[WorkflowSettings.engine] == "temporal" else { return "embedded, on the database" }
        let cluster = try TemporalCluster(settings: configuration)
        do {
            let version = try await cluster.probe()
            await cluster.close()
            return "Temporal \(version) answers, and knows the namespace"
        } catch {
            await cluster.close()
            throw error
        }
    }
}
