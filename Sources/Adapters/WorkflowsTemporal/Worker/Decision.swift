import GRPCClient
import Workflows

/// What a workflow's code decided upon a task, in Temporal's words.
struct Decision {
    var commands: [WireCommand] = []
    /// Activities that are to stop.
    var cancelled: [String] = []
    /// How the run ends with it, if it does.
    var ending: Decider.Outcome?
}

extension Decision {
    /// Ends the run for a fault of its code.
    init(failing kind: String, _ words: String, by translator: CommandTranslator) {
        let failure = WorkflowFailure(kind: kind, message: "An internal error occurred.", cause: words)
        self.init(ending: .failed(failure))
        commands = [translator.closing(.failed(failure))]
    }

    /// Asks `run` what it decided.
    /// - Throws: ``DeciderProblem/nonDeterminism(recorded:asked:)``.
    init(of run: CachedRun, _ translator: CommandTranslator) throws {
        self.init()
        do {
            if let progress = run.takeProgress() { commands.append(try CommandTranslator.report(progress)) }
            for command in try run.decider.takeCommands() {
                if case .cancelActivity(let id) = command { cancelled.append(id) }
                if let wire = try translator.translate(command) { commands.append(wire) }
            }
            ending = run.decider.outcome
            if let ending { commands.append(translator.closing(ending)) }
        } catch DeciderProblem.misuse(let what) {
            self = Decision(failing: WorkflowFailure.Kind.misuse, what, by: translator)
        }
    }

    /// What the server would not take, with words for operators; nil when it takes all of it.
    /// - Parameters:
    ///   - task: Whose history is counted.
    ///   - openActivities: Those of earlier tasks.
    func excess(
        over limits: ServerLimits, _ task: WireWorkflowTask, openActivities: Int
    ) -> (kind: String, words: String)? {
        guard ending == nil else { return nil }
        if task.startedEventID >= limits.historyEvents {
            return (
                WorkflowFailure.Kind.historyTooLong,
                """
                The job has \(task.startedEventID) events on record; at most \(limits.historyEvents) may be. Split its \
                work into child jobs.
                """
            )
        }
        let bytes = task.history?.events.compactMap(\.workflowTaskStarted).last?.historyBytes ?? 0
        if bytes >= limits.historyBytes {
            return (
                WorkflowFailure.Kind.historyTooLong,
                """
                The job has \(bytes) bytes on record; at most \(limits.historyBytes) may be. Store data and hand on its key.
                """
            )
        }
        let open = openActivities + commands.count { $0.scheduleActivity != nil }
        if open > limits.openActivities {
            return (
                WorkflowFailure.Kind.misuse,
                """
                The job has \(open) activities open at once; Temporal takes \(limits.openActivities). Start them in groups.
                """
            )
        }
        let size = commands.reduce(0) { $0 + $1.protoBytes.count }
        guard size > limits.requestBytes else { return nil }
        return (
            WorkflowFailure.Kind.payloadTooLarge,
            """
            One step of the job starts work with inputs of \(size) bytes in all; at most \(limits.requestBytes) may be. \
            Store data and hand on its key, or start fewer at once.
            """
        )
    }
}
