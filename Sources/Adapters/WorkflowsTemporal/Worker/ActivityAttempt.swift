import Concurrency
import FoundationEssentials
import GRPCClient
import Observability
import Workflows

/// One attempt of an activity, from its task to its answer.
final class ActivityAttempt: Sendable {
    private let task: WireActivityTask
    let queue: TaskQueue
    private let setup: TemporalWorkerSetup
    private struct State {
        var stop: StopReason?
        var work: Task<Outcome, Never>?
    }
    private let state = Locked(State())

    init(_ task: WireActivityTask, _ queue: TaskQueue, _ setup: TemporalWorkerSetup) {
        self.task = task
        self.queue = queue
        self.setup = setup
    }

    private var cluster: TemporalCluster { setup.cluster }
    private var name: String { task.type?.name ?? "" }

    /// The field of an activity's header that says that its worker, not its code, shows that it is alive.
    static let pulseField = "atelier-pulse"
    /// The field of an activity's header that names the run that its effects are keyed by, whatever run a reset made.
    static let runField = "atelier-run"

    /// Why an attempt is to stop.
    enum StopReason: Sendable {
        /// Its workflow no longer wants it.
        case requested
        /// The worker stops.
        case stopping
        /// The server counts on it no more: its time is over, or its workflow has ended.
        case superseded
    }

    /// Cancels the activity's code, which then ends by itself; the first reason counts.
    func stop(_ reason: StopReason) {
        let work = state.withLock { state in
            state.stop = state.stop ?? reason
            return state.work
        }
        work?.cancel()
    }

    /// Runs the activity's code and tells the server what came of it.
    ///
    /// Cancelled only to give up telling: the answer has to go out.
    func run() async {
        guard let activity = setup.registry.activities[name] else { return await refuse() }
        let work = Task { await self.outcome(of: activity) }
        state.withLock { $0.work = work }
        if isStopped { work.cancel() }
        let started = setup.engine.clock.uptime
        let outcome = await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.stopInTime() }
            if task.header?.fields[Self.pulseField] != nil { group.addTask { await self.pulse() } }
            defer { group.cancelAll() }
            return await work.value
        }
        observe(outcome, seconds: (setup.engine.clock.uptime - started).seconds)
        await answer(outcome)
    }

    private func observe(_ outcome: Outcome, seconds: Double) {
        let word: String
        switch outcome {
        case .completed: word = "completed"
        case .failed where isStopped: word = "cancelled"
        case .failed(let error):
            word = "failed"
            setup.metrics.activityFailed(name, kind: WorkflowFailure(recording: error).kind)
        }
        setup.metrics.activityEnded(name, outcome: word, seconds: seconds)
    }

    private var isStopped: Bool { state.withLock { $0.stop != nil } }

    /// Another worker of the queue, or a newer program, may know it.
    private func refuse() async {
        let failure = WorkflowFailure(
            kind: WorkflowFailure.Kind.unknownActivity,
            message: "No worker of the queue \(queue.rawValue) knows \(name).", activity: name, attempts: task.attempt)
        await fail(failure, isRetryable: true, after: .seconds(10))
    }

    private enum Outcome {
        case completed(Payload)
        case failed(any Error)
    }

    private func outcome(of activity: RegisteredActivity) async -> Outcome {
        let context = ActivityContext(
            workflowID: WorkflowID(recorded: task.execution?.workflowID ?? ""),
            runID: RunID(rawValue: task.header?.fields[Self.runField]?.decoded() ?? task.execution?.runID ?? ""),
            activityID: task.activityID, taskQueue: queue, attempt: max(1, task.attempt),
            previousHeartbeat: task.heartbeat?.payload
        ) { [weak self] details in await self?.heartbeat(details) }
        var fields = logContext.mapValues { LogValue.text($0) }
        fields["job_id"] = .text(task.execution?.workflowID ?? "")
        fields["activity"] = .text(task.activityID)
        fields["attempt"] = .integer(task.attempt)
        return await LogContext.with(fields) {
            do {
                return .completed(try await activity.run(task.input?.payload ?? .empty, context))
            } catch {
                return .failed(error)
            }
        }
    }

    private var logContext: [String: String] {
        task.header?.fields[HistoryTranslator.logContextField]?.decoded() ?? [:]
    }

    /// Shows that the worker lives for as long as the activity runs, and hears of its cancellation.
    private func pulse() async {
        // Cancelled when the activity is done.
        while (try? await setup.engine.clock.sleep(for: setup.limits.pulse)) != nil {
            if await beat(nil) { return }
        }
    }

    /// Cancels the attempt when its time is over: the server has given it up by then, but cannot reach it.
    private func stopInTime() async {
        guard let limit = task.startToClose, limit > .zero else { return }
        // Cancelled when the activity is done.
        if (try? await setup.engine.clock.sleep(for: limit)) != nil { stop(.superseded) }
    }

    /// A sign of life from the activity's code; with details it returns once the server has them.
    private func heartbeat(_ details: Payload?) async { _ = await beat(details) }

    /// - Returns: Whether the activity is to stop.
    private func beat(_ details: Payload?) async -> Bool {
        var request = WireHeartbeat(token: task.token)
        request.details = details.map { WirePayloads($0) }
        request.identity = cluster.identity
        request.namespace = cluster.namespace
        do {
            let answer = try await cluster.call("RecordActivityTaskHeartbeat", request, as: WireHeartbeatAnswer.self)
            if answer.isCancelRequested { stop(.requested) }
            return answer.isCancelRequested
        } catch let error as GRPCError where error.code == .notFound {
            // The workflow has ended, or another attempt has taken over.
            stop(.superseded)
            return true
        } catch {
            setup.logger.warning("a heartbeat was not heard", ["error": .text(String(describing: error))])
            return false
        }
    }

    private func answer(_ outcome: Outcome) async {
        switch (outcome, state.withLock({ $0.stop })) {
        case (.completed(let result), _): await complete(result)
        case (.failed, .superseded): return
        case (.failed, .requested): await send("RespondActivityTaskCanceled", ended(nil))
        case (.failed, .stopping):
            let failure = WorkflowFailure(
                kind: WorkflowFailure.Kind.workerLost, message: "The worker was stopped.", activity: name,
                attempts: task.attempt)
            await fail(failure, isRetryable: true, after: .milliseconds(1))
        case (.failed(let error), nil): await fail(error)
        }
    }

    private func complete(_ result: Payload) async { await send("RespondActivityTaskCompleted", ended(result)) }

    private func ended(_ result: Payload?) -> WireActivityEnded {
        WireActivityEnded(
            token: task.token, result: result.map { WirePayloads($0) }, identity: cluster.identity,
            namespace: cluster.namespace)
    }

    private func fail(_ error: any Error) async {
        let failure = WorkflowFailure(recording: error, activity: name, attempts: task.attempt)
        setup.logger.warning(
            "activity attempt failed",
            [
                "job_id": .text(task.execution?.workflowID ?? ""), "activity": .text(task.activityID),
                "kind": .text(failure.kind), "error": .text(failure.message), "cause": .text(failure.cause ?? ""),
            ])
        let known = error as? any ActivityFailure
        await fail(failure, isRetryable: known?.isRetryable ?? true, after: known?.retryAfter)
    }

    private func fail(_ failure: WorkflowFailure, isRetryable: Bool, after wait: Duration?) async {
        var request = WireActivityTaskFailed(token: task.token)
        request.failure = WireFailure(failure, isRetryable: isRetryable, retryAfter: wait)
        request.identity = cluster.identity
        request.namespace = cluster.namespace
        await send("RespondActivityTaskFailed", request)
    }

    /// Tries for as long as the server may still take it: what was paid for is not to be lost with a connection.
    private func send(_ method: String, _ request: some ProtoMessage) async {
        do {
            let _: WireNothing = try await cluster.call(method, request, patience: .seconds(24 * 3600))
        } catch let error as GRPCError where error.code == .notFound {
            setup.logger.warning("a late result was refused", ["activity": .text(task.activityID)])
        } catch {
            // The attempt times out on the server and is tried again.
            setup.logger.warning(
                "a result was not heard",
                ["activity": .text(task.activityID), "error": .text(String(describing: error))])
        }
    }
}
