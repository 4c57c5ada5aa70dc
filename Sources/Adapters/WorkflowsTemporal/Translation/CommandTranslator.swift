import GRPCClient
import Workflows

/// Says our commands in Temporal's words.
struct CommandTranslator {
    /// The queue of workflows, which children run on too.
    let workflowQueue: String
    /// The name of one of our queues on the server.
    let queueName: @Sendable (TaskQueue) -> String
    /// After how much silence an activity that does not heartbeat itself is given to somebody else.
    let silence: Duration
    let history: HistoryTranslator
    /// Takes a slot of this worker's for an activity, which may then come back with the answer.
    let reservesSlot: (TaskQueue) -> Bool

    func translate(_ command: WorkflowCommand) throws -> WireCommand? {
        switch command {
        case .scheduleActivity(let activity): return try schedule(activity)
        case .cancelActivity(let id):
            guard let event = history.scheduledEvents[id] else { return nil }
            var wire = WireCommand(.requestCancelActivity)
            wire.requestCancelActivity = WireScheduledReference(scheduledEventID: event)
            return wire
        case .startTimer(let id, let duration):
            var wire = WireCommand(.startTimer)
            // The server takes no timer of nothing.
            wire.startTimer = WireStartTimer(timerID: id, startToFire: max(duration, .milliseconds(1)))
            return wire
        case .cancelTimer(let id):
            var wire = WireCommand(.cancelTimer)
            wire.cancelTimer = WireTimer(timerID: id)
            return wire
        case .startChild(let child): return try start(child)
        case .cancelChild(let id):
            var wire = WireCommand(.requestCancelOther)
            wire.requestCancelOther = WireRequestCancelOther(
                workflowID: history.childWorkflows[id] ?? "", isChildOnly: true, reason: "its parent was cancelled")
            return wire
        case .recordPatch(let id):
            var wire = WireCommand(.recordMarker)
            wire.recordMarker = WireMarker(
                name: HistoryTranslator.patchMarker, details: ["id": WirePayloads(try Payload(encoding: id))])
            return wire
        }
    }

    private func schedule(_ activity: ActivityCommand) throws -> WireCommand {
        let options = activity.options
        var schedule = WireScheduleActivity()
        schedule.activityID = activity.id
        schedule.type = WireType(name: activity.name)
        schedule.taskQueue = WireTaskQueue(name: queueName(options.taskQueue), kind: WireTaskQueue.Kind.normal)
        var header = try logContext() ?? WireFields()
        if options.heartbeat == nil { header.fields[ActivityAttempt.pulseField] = try WirePayload(json: true) }
        if let run = history.originalRun { header.fields[ActivityAttempt.runField] = try WirePayload(json: run) }
        schedule.header = header
        schedule.input = WirePayloads(activity.input)
        schedule.scheduleToClose = options.scheduleToClose
        schedule.startToClose = options.startToClose
        schedule.heartbeat = options.heartbeat ?? silence
        schedule.retryPolicy = WireRetryPolicy(options.retry)
        schedule.isEager = reservesSlot(options.taskQueue)
        var wire = WireCommand(.scheduleActivity)
        wire.scheduleActivity = schedule
        return wire
    }

    private func start(_ child: ChildCommand) throws -> WireCommand {
        var start = WireStartChild()
        start.workflowID = child.workflowID.rawValue
        start.type = WireType(name: child.name)
        start.taskQueue = WireTaskQueue(name: workflowQueue, kind: WireTaskQueue.Kind.normal)
        start.input = WirePayloads(child.input)
        start.parentClosePolicy = WireStartChild.ParentClosePolicy.requestCancel
        // A retry of a job starts those of its children anew that had failed.
        start.reusePolicy = WireStartChild.ReusePolicy.allowDuplicateFailedOnly
        var header = try logContext() ?? WireFields()
        header.fields[HistoryTranslator.childID] = try WirePayload(json: child.id)
        start.header = header
        var wire = WireCommand(.startChild)
        wire.startChild = start
        return wire
    }

    private func logContext() throws -> WireFields? {
        guard !history.logContext.isEmpty else { return nil }
        return WireFields([HistoryTranslator.logContextField: try WirePayload(json: history.logContext)])
    }

    /// The run's last command.
    func closing(_ outcome: Decider.Outcome) -> WireCommand {
        switch outcome {
        case .completed(let result):
            var wire = WireCommand(.completeWorkflow)
            wire.completeWorkflow = WireResult(result: WirePayloads(result))
            return wire
        case .failed(let failure):
            var wire = WireCommand(.failWorkflow)
            wire.failWorkflow = WireFailed(failure: WireFailure(failure))
            return wire
        case .cancelled:
            var wire = WireCommand(.cancelWorkflow)
            wire.cancelWorkflow = WireNothing()
            return wire
        case .timedOut:
            // The server itself ends what takes too long; this is for completeness of the words.
            var wire = WireCommand(.failWorkflow)
            wire.failWorkflow = WireFailed(
                failure: WireFailure(
                    WorkflowFailure(
                        kind: WorkflowFailure.Kind.workflowTimeout,
                        message: "The job took longer than it may as a whole.")))
            return wire
        }
    }

    /// Step and progress, for lists and for whoever asks while no worker is there.
    static func report(_ progress: WorkflowProgress) throws -> WireCommand {
        var wire = WireCommand(.modifyProperties)
        wire.modifyProperties = WireModifyProperties(
            memo: WireFields([HistoryTranslator.progressMemo: try WirePayload(json: progress)]))
        return wire
    }
}

extension WireRetryPolicy {
    init(_ policy: RetryPolicy) {
        self.init()
        initialInterval = max(policy.initialInterval, .milliseconds(1))
        coefficient = max(policy.coefficient, 1)
        maximumInterval = max(policy.maximumInterval, policy.initialInterval, .milliseconds(1))
        // 0 stands for no limit.
        maximumAttempts = policy.maximumAttempts ?? 0
        nonRetryableTypes = policy.nonRetryableKinds.sorted()
    }
}
