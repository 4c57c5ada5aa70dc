public import Concurrency
import FoundationEssentials
import GRPCClient
public import Observability
public import Workflows

/// Runs workflows and activities of a Temporal cluster until the program ends.
public final class TemporalWorker: Service {
    /// How the service is called in logs.
    public let name = "worker"
    private let setup: TemporalWorkerSetup
    private let activities: ActivityTasks
    private let workflows: WorkflowTasks

    /// Prepares a worker; it takes nothing before ``run(until:)``.
    /// - Parameters:
    ///   - registry: What this process can run.
    ///   - queues: The task queues it serves, each with how many activities may run at once.
    ///   - holdsWorkflows: Whether it takes workflows as well; nil for those that serve `default`.
    public init(
        engine: TemporalWorkflowEngine, registry: WorkflowRegistry, queues: [TaskQueue: Int],
        holdsWorkflows: Bool? = nil, build: TemporalBuild = TemporalBuild(),
        limits: TemporalWorkerLimits = TemporalWorkerLimits(), logger: Logger = .silent,
        metrics: Metrics = Metrics()
    ) {
        let key = UUID().uuidString.lowercased()
        setup = TemporalWorkerSetup(
            engine: engine, registry: registry, queues: queues,
            holdsWorkflows: holdsWorkflows ?? (queues[.default] != nil), limits: limits,
            logger: logger.labelled("worker"), metrics: WorkerMetrics(metrics),
            instanceKey: key, build: build,
            gate: QueueGate(engine: engine, session: key, queues: Array(queues.keys), logger: logger.labelled("worker"))
        )
        activities = ActivityTasks(setup)
        workflows = WorkflowTasks(setup, activities)
        metrics.onScrape { [weak self] in self?.readings() ?? [] }
    }

    private func readings() -> [Reading] {
        activities.load.sorted { $0.key.rawValue < $1.key.rawValue }.flatMap { queue, busy in
            let labels = ["queue": queue.rawValue]
            return [
                Reading(
                    "atelier_worker_busy", help: "Activities running, by queue.", labels: labels, value: Double(busy)),
                Reading(
                    "atelier_worker_slots", help: "Activities that may run at once, by queue.", labels: labels,
                    value: Double(setup.queues[queue] ?? 0)),
            ]
        }
    }

    /// Works until `shutdown` is triggered; then answers for what is running, and returns.
    public func run(until shutdown: ShutdownSignal) async throws {
        await withTaskGroup(of: Void.self) { group in
            // Until the last activity has ended: its place in the queue is its own for as long as it runs.
            group.addTask { await self.setup.gate.run() }
            await work(until: shutdown)
            group.cancelAll()
        }
    }

    private func work(until shutdown: ShutdownSignal) async {
        await withTaskGroup(of: PollEnd.self) { polls in
            addPolls(to: &polls)
            await shutdown.wait()
            activities.close()
            setup.gate.close()
            await tellServer()
            await end(&polls)
        }
        await activities.finish(within: setup.limits.stopGrace)
        workflows.forgetRuns()
    }

    private func addPolls(to polls: inout TaskGroup<PollEnd>) {
        if setup.holdsWorkflows {
            for _ in 0..<setup.limits.workflowPolls {
                for sticky in [false, true] {
                    polls.addTask {
                        // The first activities find the rules known, as all later ones do.
                        await self.setup.gate.whenInformed()
                        await self.pollWorkflows(sticky: sticky)
                        return .poll
                    }
                }
            }
        }
        for (queue, slots) in setup.queues {
            for _ in 0..<min(setup.limits.activityPolls, slots) {
                polls.addTask {
                    await self.pollActivities(queue)
                    return .poll
                }
            }
        }
    }

    /// Waits for the server to end our polls by itself.
    ///
    /// A task on its way to a poll that is cancelled is lost until its time is over. A server that ends none of them within
    /// a second will not.
    private func end(_ polls: inout TaskGroup<PollEnd>) async {
        for (limit, end) in [(Duration.seconds(1), PollEnd.moment), (.seconds(5), .patience)] {
            polls.addTask { [clock = setup.engine.clock] in
                // Cancelled when all polls have ended; then nobody looks at what this returns.
                do { try await clock.sleep(for: limit) } catch { return end }
                return end
            }
        }
        var open = openPolls
        waiting: while open > 0 {
            switch await polls.next() {
            case .poll: open -= 1
            case .moment where open < openPolls: continue
            case .moment, .patience, nil: break waiting
            }
        }
        polls.cancelAll()
    }

    /// How many polls a worker keeps open.
    private var openPolls: Int {
        let workflows = setup.holdsWorkflows ? 2 * setup.limits.workflowPolls : 0
        return workflows + setup.queues.values.reduce(0) { $0 + min(setup.limits.activityPolls, $1) }
    }

    private enum PollEnd { case poll, moment, patience }

    /// Makes the server end our polls with nothing, so that no task is lost on its way, and forget our own queue.
    private func tellServer() async {
        await withTaskGroup(of: Void.self) { group in
            for queue in setup.queues.keys { group.addTask { await self.tellServer(of: queue) } }
        }
    }

    private func tellServer(of queue: TaskQueue) async {
        var request = WireShutdown(namespace: setup.cluster.namespace, stickyQueue: setup.stickyQueue)
        request.identity = setup.cluster.identity
        request.reason = "stop"
        request.instanceKey = setup.instanceKey
        request.taskQueue = setup.cluster.name(of: queue)
        do {
            let _: WireNothing = try await setup.cluster.once(
                "ShutdownWorker", request.protoBytes, timeout: .seconds(2))
        } catch {
            // Older servers do not know it; a task that is lost on its way is given out again after its time.
            setup.logger.debug("Temporal was not told of the stop", ["error": .text(String(describing: error))])
        }
    }

    private func pollWorkflows(sticky: Bool) async {
        let queue =
            sticky
            ? WireTaskQueue(
                name: setup.stickyQueue, kind: WireTaskQueue.Kind.sticky, normalName: setup.cluster.workflowQueue)
            : WireTaskQueue(name: setup.cluster.workflowQueue, kind: WireTaskQueue.Kind.normal)
        await withTaskGroup(of: Void.self) { tasks in
            var begun = 0
            while !Task.isCancelled, !activities.isClosed {
                let task: WireWorkflowTask? = await pollOnce("PollWorkflowTaskQueue", queue)
                guard let task, !task.token.isEmpty else { continue }
                if begun == Self.tasksAPoll { await tasks.next() } else { begun += 1 }
                // The next poll goes out at once: a task that finds none waiting costs the server a detour. And a task
                // that was taken is answered even if the stop comes meanwhile.
                tasks.addTask { [workflows] in await Task.detached { await workflows.perform(task) }.value }
            }
        }
    }

    /// How many tasks of one poll may be under way before it asks for another.
    private static let tasksAPoll = 16

    private func pollActivities(_ queue: TaskQueue) async {
        let wire = WireTaskQueue(name: setup.cluster.name(of: queue), kind: WireTaskQueue.Kind.normal)
        while !Task.isCancelled, !activities.isClosed {
            guard activities.takeSlot(queue) else {
                await activities.waitForSlot()
                continue
            }
            guard let permit = await setup.gate.admit(queue) else {
                activities.freeSlot(queue)
                continue
            }
            // The server answers a second before our patience ends.
            let timeout = setup.limits.activityPollTime + .seconds(1)
            let task: WireActivityTask? = await pollOnce("PollActivityTaskQueue", wire, timeout: timeout)
            if let task, !task.token.isEmpty {
                activities.begin(task, permit)
            } else {
                activities.giveBack(permit)
            }
        }
    }

    /// - Returns: nil when nothing came, or the server is away; then it has waited a little.
    private func pollOnce<Answer: ProtoMessage>(
        _ method: String, _ queue: WireTaskQueue, timeout: Duration = .seconds(70)
    ) async -> Answer? {
        var request = WirePoll(namespace: setup.cluster.namespace, taskQueue: queue)
        request.identity = setup.cluster.identity
        request.instanceKey = setup.instanceKey
        request.deployment = setup.build.wire
        do {
            return try await setup.cluster.once(method, request.protoBytes, timeout: timeout)
        } catch is CancellationError {
            return nil
        } catch let error as GRPCError where error.code == .deadlineExceeded {
            return nil
        } catch {
            setup.logger.warning("the worker waits for Temporal", ["error": .text(String(describing: error))])
            // Cancelled when the worker stops; then nothing more is asked.
            try? await setup.engine.clock.sleep(for: .milliseconds(Int.random(in: 200...600)))
            return nil
        }
    }
}
