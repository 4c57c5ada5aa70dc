import Concurrency
import FoundationEssentials
import GRPCClient
import Observability
import Workflows

/// One attempt of an activity, from its task to its answer.
final class ActivityAttempt: Sendable {
    private let task: WireActivityTask
    private let queue: TaskQueue
    private let setup: TemporalWorkerSetup
    private let reason: CancellationReason
    private let ended = Locked(false)

    init(_ task: WireActivityTask, _ queue: TaskQueue, _ setup: TemporalWorkerSetup, _ reason: CancellationReason) {
        self.task = task
        self.queue = queue
        self.setup = setup
        self.reason = reason
    }

    var hasEnded: Bool { ended.withLock { $0 } }
    private var cluster: TemporalCluster { setup.cluster }
    private var name: String { task.type?.name ?? "" }

    /// The field of an activity's header that says that its worker, not its code, shows that it is alive.
    static let pulseField = "atelier-pulse"

    func run() async {
        guard let activity = setup.registry.activities[name] else {
            let failure = WorkflowFailure(
                kind: WorkflowFailure.Kind.unknownActivity,
                message: "No worker of the queue \(queue.rawValue) knows \(name).", activity: name,
                attempts: task.attempt)
            // Another worker of the queue, or a newer program, may know it.
            await fail(failure, isRetryable: true, after: .seconds(10))
            return ended.withLock { $0 = true }
        }
        await withTaskGroup(of: Void.self) { group in
            let work = Task { await self.outcome(of: activity) }
            if task.header?.fields[Self.pulseField] != nil {
                group.addTask { await self.pulse(work) }
            }
            let outcome = await withTaskCancellationHandler {
                await work.value
            } onCancel: {
                work.cancel()
            }
            group.cancelAll()
            await answer(outcome)
        }
        ended.withLock { $0 = true }
    }

    private enum Outcome {
        case completed(Payload)
        case failed(any Error)
    }

    private func outcome(of activity: RegisteredActivity) async -> Outcome {
        let context = ActivityContext(
            workflowID: WorkflowID(recorded: task.execution?.workflowID ?? ""),
            runID: RunID(rawValue: task.execution?.runID ?? ""), activityID: task.activityID, taskQueue: queue,
            attempt: max(1, task.attempt), previousHeartbeat: task.heartbeat?.payload
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
    private func pulse(_ work: Task<Outcome, Never>) async {
        // Cancelled when the activity is done.
        while (try? await setup.engine.clock.sleep(for: setup.limits.pulse)) != nil {
            if await beat(nil) { return work.cancel() }
        }
    }

    /// A sign of life from the activity's code; with details it returns once the server has them.
    private func heartbeat(_ details: Payload?) async {
        if await beat(details) { withUnsafeCurrentTask { $0?.cancel() } }
    }

    /// - Returns: Whether the activity is to stop.
    private func beat(_ details: Payload?) async -> Bool {
        var request = WireHeartbeat(token: task.token)
        request.details = details.map { WirePayloads($0) }
        request.identity = cluster.identity
        request.namespace = cluster.namespace
        do {
            let answer = try await cluster.call("RecordActivityTaskHeartbeat", request, as: WireHeartbeatAnswer.self)
            if answer.isCancelRequested { reason.set(.requested) }
            return answer.isCancelRequested
        } catch let error as GRPCError where error.code == .notFound {
            // The workflow has ended, or another attempt has taken over.
            reason.set(.superseded)
            return true
        } catch {
            setup.logger.warning("a heartbeat was not heard", ["error": .text(String(describing: error))])
            return false
        }
    }

    private func answer(_ outcome: Outcome) async {
        switch (outcome, reason.value) {
        case (_, .superseded): return
        case (.completed(let result), _): await complete(result)
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

    private func send(_ method: String, _ request: some ProtoMessage) async {
        do {
            let _: WireNothing = try await cluster.call(method, request)
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
