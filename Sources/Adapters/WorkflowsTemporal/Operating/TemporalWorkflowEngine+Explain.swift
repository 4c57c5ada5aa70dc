import Concurrency
import Database
import FoundationEssentials
import GRPCClient
public import Workflows

extension TemporalWorkflowEngine {
    /// Says in a sentence why a job is where it is; nil when there is none of that id.
    public func explain(_ id: WorkflowID) async throws -> WorkflowExplanation? {
        let known = try await database.read { try WorkflowRows.find(id, on: $0) }
        do {
            guard let job = try await describe(id) else { return nil }
            if job.status.isClosed { return job.ending }
            if known?.isDispatched == false { return try await undispatched(id) }
            guard let wire = try await onServer(id) else { return nil }
            return try await explain(ExplainedJob(job: job, wire: wire, now: clock.now))
        } catch let error as GRPCError {
            return WorkflowExplanation(
                .waiting, "Temporal cannot be reached (\(error.message.clause)); it goes on by itself, there and here.")
        }
    }

    /// The dispatcher has yet to tell the server.
    private func undispatched(_ id: WorkflowID) async throws -> WorkflowExplanation {
        let refusal = try await database.read { connection in
            try connection.first(
                """
                SELECT last_refusal FROM temporal_outbox WHERE workflow_id = \(id.rawValue) AND refusals > 0
                ORDER BY id LIMIT 1
                """)?.optionalText("last_refusal")
        }
        guard let refusal else { return WorkflowExplanation(.moving, "On its way to Temporal.") }
        return WorkflowExplanation(
            .waiting, "Waits until Temporal takes it, which last said: \(refusal.clause); it is told again by itself.")
    }

    private func explain(_ explained: ExplainedJob) async throws -> WorkflowExplanation {
        let job = explained.job
        if let pause = job.pause { return job.paused(pause) }
        if let stuck = explained.stuck { return stuck }
        if let activity = explained.mostTelling {
            switch activity.state {
            case .running, .cancelling: return explained.running(activity)
            case .backoff: return explained.retrying(activity)
            case .queued, .parked: return try await situation(of: activity.taskQueue).explanation
            }
        }
        if explained.wire.pendingTask != nil { return try await undecided() }
        if let child = explained.wire.pendingChildren.first {
            return WorkflowExplanation(.waitingForChild, "Waits for its child \(child.workflowID).")
        }
        return try await idle(job.id)
    }

    private func situation(of queue: TaskQueue) async throws -> QueueSituation {
        let now = clock.now.microseconds
        let (rules, workers) = try await database.read { connection in
            (try QueueRule.all(on: connection), try WorkerSession.alive(at: now, on: connection))
        }
        let anybody = try await standing(of: .default, type: WireTaskQueueType.workflow)
        return QueueSituation(
            queue: queue, rule: rules[queue] ?? QueueRule(), standing: try await standing(of: queue),
            workers: workers, hasWorkers: !workers.isEmpty || !anybody.pollers.isEmpty,
            running: workers.reduce(0) { $0 + ($1.running[queue] ?? 0) })
    }

    /// A workflow task waits, or is under way.
    private func undecided() async throws -> WorkflowExplanation {
        let standing = try await standing(of: .default, type: WireTaskQueueType.workflow)
        guard standing.pollers.isEmpty else {
            return WorkflowExplanation(.moving, "On its way to its next step.")
        }
        return WorkflowExplanation(.noWorker, "No worker runs; start one with: atelier worker.")
    }

    /// Nothing of it is to be run: it waits for time or a word.
    private func idle(_ id: WorkflowID) async throws -> WorkflowExplanation {
        let due = Self.nextTimer(in: try await cluster.history(of: execution(id)))
        let signals = try await awaitedSignals(of: id)
        if signals?.isEmpty ?? true, let due {
            return WorkflowExplanation(.sleeping, "Sleeps until \(due.inWords).", until: due)
        }
        guard let signals else {
            return WorkflowExplanation(.waitingForSignal, "Waits for a signal; no worker could say for which.")
        }
        guard !signals.isEmpty else { return WorkflowExplanation(.moving, "On its way to its next step.") }
        let end = due.map { ", or until \($0.inWords)" } ?? ""
        return WorkflowExplanation(
            .waitingForSignal,
            "Waits for the signal\(signals.count == 1 ? "" : "s") \(signals.joined(separator: ", "))\(end).")
    }

    private static func nextTimer(in events: [WireEvent]) -> Date? {
        var due: [String: Date] = [:]
        for event in events {
            if let timer = event.timerStarted {
                due[timer.timerID] = event.date.addingTimeInterval((timer.startToFire ?? .zero).seconds)
            } else if let timer = event.timerFired ?? event.timerCanceled {
                due[timer.timerID] = nil
            }
        }
        return due.values.min()
    }

    /// What the workflow's code waits for, as a worker says; nil when none answers in time.
    private func awaitedSignals(of id: WorkflowID) async throws -> [String]? {
        let request = WireQueryWorkflow(
            namespace: cluster.namespace, execution: execution(id), query: WireQuery(type: WorkflowTasks.signalsQuery))
        do {
            let answer: WireQueryAnswer = try await cluster.once(
                "QueryWorkflow", request.protoBytes, timeout: .seconds(3))
            return answer.result?.payloads.first?.decoded()
        } catch is GRPCError {
            return nil
        }
    }
}
