public import Concurrency
import Database
public import Observability
public import Workflows

/// Runs workflows and activities of an embedded engine until the program ends.
public final class WorkflowWorker: Service {
    /// How the service is called in logs.
    public let name = "worker"
    private let core: WorkerCore
    private let setup: WorkerSetup

    /// Prepares a worker; it takes nothing before ``run(until:)``.
    /// - Parameters:
    ///   - registry: What this process can run.
    ///   - queues: The task queues it serves, each with how many activities may run at once.
    ///   - random: Numbers from 0 up to 1 for the jitter of retries.
    public convenience init(
        engine: SQLWorkflowEngine, registry: WorkflowRegistry, queues: [TaskQueue: Int],
        limits: WorkerLimits = WorkerLimits(), logger: Logger = .silent, metrics: Metrics = Metrics(),
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
    ) {
        self.init(
            engine: engine, registry: registry, queues: queues, limits: limits, logger: logger, metrics: metrics,
            random: random, processes: .operatingSystem)
    }

    /// Prepares a worker of one of several processes that a simulation makes up.
    package init(
        engine: SQLWorkflowEngine, registry: WorkflowRegistry, queues: [TaskQueue: Int], limits: WorkerLimits,
        logger: Logger, metrics: Metrics, random: @escaping @Sendable () -> Double, processes: ProcessTable
    ) {
        setup = WorkerSetup(
            engine: engine, registry: registry, queues: queues, limits: limits, logger: logger.labelled("worker"),
            metrics: metrics, random: random, processes: processes)
        core = WorkerCore(setup)
        metrics.onScrape { [weak self] in await self?.readings() ?? [] }
    }

    /// Works until `shutdown` is triggered; then finishes or gives back what is running, and returns.
    /// - Throws: What made the database unusable for good. Everything it held is taken up by the next worker.
    public func run(until shutdown: ShutdownSignal) async throws {
        let doorbell = core.doorbell
        let removeWaker = setup.engine.bulletin.addWorker { doorbell.ringForNewWork() }
        defer { removeWaker() }
        try await core.open()
        await withTaskGroup(of: Void.self) { group in
            let core = core
            group.addTask {
                for await _ in core.doorbell.rings { await core.look() }
            }
            group.addTask {
                await shutdown.wait()
                await core.stop()
                doorbell.remove()
            }
            // Whichever ends first (a stop, or a fault that ends the looking) ends the other.
            await group.next()
            group.cancelAll()
        }
        if let error = await core.fatalError { throw error }
    }

    /// Drops everything without a word, as `kill -9` does; for tests of recovery.
    package func abandon() async { await core.abandon() }

    private func readings() async -> [Reading] {
        var readings: [Reading] = []
        for (queue, busy, limit) in await core.slots.usage {
            let labels = ["queue": queue.rawValue]
            readings.append(
                Reading(
                    "atelier_worker_busy", help: "Activities running, by queue.", labels: labels, value: Double(busy)))
            readings.append(
                Reading(
                    "atelier_worker_slots", help: "Activities that may run at once, by queue.", labels: labels,
                    value: Double(limit)))
        }
        // A scrape while the database is away shows what is known without it.
        return readings + ((try? await queueDepths()) ?? [])
    }

    private func queueDepths() async throws -> [Reading] {
        var depths = Dictionary(uniqueKeysWithValues: setup.queues.keys.map { ($0.rawValue, 0) })
        let counted = try await setup.database.read { connection in
            let waiting = try connection.first("SELECT COUNT(*) AS depth FROM workflow_runs WHERE state = 0")
            let queued = try connection.query(
                "SELECT queue, COUNT(*) AS depth FROM activity_tasks WHERE state = 0 GROUP BY queue")
            let queues = try queued.map { (try $0.text("queue"), try $0.integer("depth")) }
            return queues + [("workflows", try waiting?.integer("depth") ?? 0)]
        }
        for (queue, depth) in counted { depths[queue] = depth }
        return depths.sorted { $0.key < $1.key }.map { queue, depth in
            Reading(
                "atelier_queue_depth", help: "Waiting activities by queue; `workflows` are those not yet begun.",
                labels: ["queue": queue], value: Double(depth))
        }
    }
}
