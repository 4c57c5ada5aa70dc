import Concurrency
import Database
import FoundationEssentials
import GRPCClient
import Observability
import Workflows

/// Carries out workflow tasks: history in, commands out.
final class WorkflowTasks: Sendable {
    private let setup: TemporalWorkerSetup
    private let activities: ActivityTasks
    private let cache: RunCache

    init(_ setup: TemporalWorkerSetup, _ activities: ActivityTasks) {
        self.setup = setup
        self.activities = activities
        cache = RunCache(limit: setup.limits.runsInMemory)
    }

    private var cluster: TemporalCluster { setup.cluster }

    /// Lets every run go; their histories are on the server.
    func forgetRuns() { cache.removeAll() }

    /// Does `task`, and whatever the server hands out with its answer.
    func perform(_ task: WireWorkflowTask) async {
        var next: WireWorkflowTask? = task
        while let task = next, !task.token.isEmpty {
            do {
                next = try await (task.query == nil ? decide(task) : answer(task))
            } catch let problem as DeciderProblem {
                await report(problem, task)
                next = nil
            } catch {
                // The server gives the task out again when its time is over.
                setup.logger.warning(
                    "a workflow task was not answered",
                    ["job_id": .text(task.execution?.workflowID ?? ""), "error": .text(String(describing: error))])
                next = nil
            }
        }
    }

    private func decide(_ task: WireWorkflowTask) async throws -> WireWorkflowTask? {
        let run = try await load(task)
        let decision = try decision(of: run, task)
        var answer = WireTaskCompleted(token: task.token)
        answer.commands = decision.commands
        for (id, query) in task.queries { answer.queryResults[id] = result(of: query, run) }
        answer.identity = cluster.identity
        answer.namespace = cluster.namespace
        answer.instanceKey = setup.instanceKey
        answer.sdk = WireSDK(name: "atelier", version: setup.build.id)
        answer.deployment = setup.build.wire
        answer.versioning = setup.build.behavior
        if decision.ending == nil {
            let sticky = WireTaskQueue(
                name: setup.stickyQueue, kind: WireTaskQueue.Kind.sticky, normalName: cluster.workflowQueue)
            answer.sticky = WireSticky(taskQueue: sticky, scheduleToStart: .seconds(5))
        }
        answer.returnsNewTask = true
        guard let taken = try await send(answer, run, decision, of: task) else { return nil }
        // Only now: before this the server knows nothing of the cancellation, and would not take its answer.
        for id in decision.cancelled { activities.cancel(task.execution?.runID ?? "", id) }
        if let ending = decision.ending { await noteEnd(ending, run.progress, of: task) }
        let queues = eagerQueues(of: answer.commands)
        for activity in taken.activities {
            activities.beginEagerly(activity, queues[activity.activityID] ?? .default)
        }
        return taken.task
    }

    /// - Returns: nil when the task is no longer ours: the run is read anew with the next one.
    private func send(
        _ answer: WireTaskCompleted, _ run: CachedRun, _ decision: Decision, of task: WireWorkflowTask
    ) async throws -> WireTaskCompletedAnswer? {
        var eager = eagerQueues(of: answer.commands)
        do {
            let taken = try await cluster.call(
                "RespondWorkflowTaskCompleted", answer, as: WireTaskCompletedAnswer.self)
            for activity in taken.activities { eager[activity.activityID] = nil }
            activities.releaseReserved(eager.values)
            if decision.ending == nil { cache.put(run, as: task.execution?.runID ?? "") } else { run.decider.evict() }
            return taken
        } catch {
            activities.releaseReserved(eager.values)
            run.decider.evict()
            // An end that met new events is refused with `invalidArgument`, and a new task follows: the usual course.
            if let error = error as? GRPCError, error.code == .notFound || error.code == .invalidArgument { return nil }
            throw error
        }
    }

    private func decision(of run: CachedRun, _ task: WireWorkflowTask) throws -> Decision {
        let translator = makeTranslator(run)
        let decision = try Decision(of: run, translator)
        let open = run.translator.openActivities
        guard let excess = decision.excess(over: setup.limits.server, task, openActivities: open) else {
            return decision
        }
        activities.releaseReserved(eagerQueues(of: decision.commands).values)
        return Decision(failing: excess.kind, excess.words, by: translator)
    }

    /// The queues of the activities that may come back with the answer, by their ids; a slot of each is reserved.
    private func eagerQueues(of commands: [WireCommand]) -> [String: TaskQueue] {
        commands.reduce(into: [:]) { queues, command in
            guard let activity = command.scheduleActivity, activity.isEager else { return }
            queues[activity.activityID] = cluster.queue(named: activity.taskQueue?.name ?? "")
        }
    }

    private func makeTranslator(_ run: CachedRun) -> CommandTranslator {
        CommandTranslator(
            workflowQueue: cluster.workflowQueue, queueName: { [cluster] in cluster.name(of: $0) },
            silence: setup.limits.silence, history: run.translator,
            reservesSlot: { [activities] queue in activities.reserve(queue) })
    }

    /// Brings a run to where the task's history ends: from memory, or by replaying all of it.
    private func load(_ task: WireWorkflowTask) async throws -> CachedRun {
        let execution = task.execution ?? WireExecution()
        var events = task.history?.events ?? []
        if !task.nextPage.isEmpty { events += try await cluster.history(of: execution, from: task.nextPage) }
        if let run = cache.take(execution.runID) {
            if task.startedEventID == 0, events.isEmpty { return run }
            if run.continues(with: events) {
                run.apply(events)
                return run
            }
            run.decider.evict()
        }
        if events.first?.id != 1 { events = try await cluster.history(of: execution) }
        if task.startedEventID > 0 { events = events.filter { $0.id <= task.startedEventID } }
        return try replay(task, execution, events)
    }

    private func replay(
        _ task: WireWorkflowTask, _ execution: WireExecution, _ events: [WireEvent]
    ) throws -> CachedRun {
        let name = task.type?.name ?? ""
        guard let definition = setup.registry.workflows[name] else {
            throw DeciderProblem.misuse("no worker here knows the workflow \(name)")
        }
        let run = CachedRun(definition, execution, events)
        do throws(DeciderProblem) {
            try run.replay(events)
        } catch {
            run.decider.evict()
            throw error
        }
        return run
    }

    /// Says once that the workflow's code cannot go on, since the server asks again at once and without end.
    ///
    /// Later attempts are left to their time limit, and a program that can go on takes over.
    private func report(_ problem: DeciderProblem, _ task: WireWorkflowTask) async {
        setup.logger.error(
            "a workflow cannot go on",
            ["job_id": .text(task.execution?.workflowID ?? ""), "problem": .text(problem.description)])
        guard task.attempt <= 1 else { return }
        var answer = WireTaskFailed(token: task.token)
        answer.cause =
            if case .nonDeterminism = problem { WireTaskFailed.Cause.nonDeterministic } else {
                WireTaskFailed.Cause.workerFailure
            }
        answer.failure = WireFailure(problem: problem)
        answer.identity = cluster.identity
        answer.namespace = cluster.namespace
        do {
            let _: WireNothing = try await cluster.call("RespondWorkflowTaskFailed", answer)
        } catch {
            setup.logger.warning("Temporal was not told", ["error": .text(String(describing: error))])
        }
    }

    private func noteEnd(_ outcome: Decider.Outcome, _ progress: WorkflowProgress?, of task: WireWorkflowTask) async {
        var ending = WorkflowRows.Ending(outcome, at: setup.engine.clock.now)
        ending.progress = progress
        ending.runID = task.execution?.runID
        let id = task.execution?.workflowID ?? ""
        do {
            try await setup.engine.note(ending, of: WorkflowID(recorded: id))
        } catch {
            // Whoever asks next, or the sweep, reads it from the server.
            setup.logger.warning(
                "an end was not noted", ["job_id": .text(id), "error": .text(String(describing: error))])
        }
        setup.metrics.workflowClosed(task.type?.name ?? "", outcome: ending.status.rawValue)
        setup.logger.info(
            "workflow ended",
            ["job_id": .text(id), "workflow": .text(task.type?.name ?? ""), "status": .text(ending.status.rawValue)])
    }
}

// Queries.
extension WorkflowTasks {
    /// Answers a query that came alone.
    private func answer(_ task: WireWorkflowTask) async throws -> WireWorkflowTask? {
        let run = try await load(task)
        let result = task.query.map { self.result(of: $0, run) } ?? WireQueryResult()
        if run.decider.outcome == nil { cache.put(run, as: task.execution?.runID ?? "") }
        var answer = WireQueryCompleted(token: task.token)
        (answer.kind, answer.answer, answer.message) = (result.kind, result.answer, result.message)
        answer.namespace = cluster.namespace
        let _: WireNothing = try await cluster.call("RespondQueryTaskCompleted", answer)
        return nil
    }

    private struct StatusAnswer: Encodable {
        let status: String
        let step: String
        let progress: Int
    }

    /// The query that tells the names of the signals that a workflow's code waits for.
    static let signalsQuery = "awaited_signals"

    private func result(of query: WireQuery, _ run: CachedRun) -> WireQueryResult {
        if query.type == Self.signalsQuery {
            // Texts: JSON always holds them.
            let payload = try? Payload(encoding: run.decider.awaitedSignals)
            return WireQueryResult(kind: WireQueryResult.Kind.answered, answer: payload.map { WirePayloads($0) })
        }
        guard query.type == "status" else {
            return WireQueryResult(
                kind: WireQueryResult.Kind.failed,
                message:
                    "unknown query \(query.type); workflows here answer the queries status and \(Self.signalsQuery)")
        }
        let status = StatusAnswer(
            status: run.decider.outcome.map { WorkflowRows.Ending($0, at: Date()).status.rawValue } ?? "running",
            step: run.progress?.step ?? "", progress: run.progress?.progress ?? 0)
        // Two texts and a number: JSON always holds them.
        let payload = try? Payload(encoding: status)
        return WireQueryResult(kind: WireQueryResult.Kind.answered, answer: payload.map { WirePayloads($0) })
    }
}

extension WorkflowRows.Ending {
    init(_ outcome: Decider.Outcome, at time: Date) {
        switch outcome {
        case .completed(let result): self.init(status: .completed, result: result, closedAt: time)
        case .failed(let failure): self.init(status: .failed, failure: failure, closedAt: time)
        case .cancelled: self.init(status: .cancelled, closedAt: time)
        case .timedOut: self.init(status: .timedOut, closedAt: time)
        }
    }
}
