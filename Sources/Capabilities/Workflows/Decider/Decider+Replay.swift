/// Which changed paths (``WorkflowContext/patched(_:)``) a run takes.
struct Patches {
    /// Patches that the whole history holds.
    var recorded: Set<String> = []
    /// Answers already given: the same question has the same answer for the rest of the run.
    var answers: [String: Bool] = [:]
    /// Whether commands of an earlier execution are still to come.
    var isReplaying = false
}

extension Decider {
    /// Runs the code over everything recorded so far, from the start.
    ///
    /// Commands are compared one by one with those of the history; afterwards the run stands where it stood when the
    /// last entry was written, and ``takeCommands()`` returns only what was not recorded yet.
    /// - Throws: ``DeciderProblem`` when the code asks for something else than the history holds, or breaks a rule.
    public func replay(_ history: [HistoryEntry]) throws(DeciderProblem) {
        patches.recorded = recordedPatches(history)
        let lastCommand = history.lastIndex { if case .command = $0.content { true } else { false } } ?? -1
        var asked: [WorkflowCommand]?
        for (index, entry) in history.enumerated() {
            switch entry.content {
            case .event(let event):
                // A turn's commands follow its events: the next event closes the turn.
                if let left = asked?.first { throw .nonDeterminism(recorded: nil, asked: left.description) }
                asked = nil
                patches.isReplaying = index < lastCommand
                apply(event, at: entry.time)
            case .command(let recorded):
                var left: [WorkflowCommand]
                if let asked { left = asked } else { left = try takeCommands() }
                guard let next = left.first, next.follows(recorded) else {
                    throw .nonDeterminism(recorded: recorded.description, asked: left.first?.description)
                }
                left.removeFirst()
                asked = left
            }
        }
        if let left = asked?.first { throw .nonDeterminism(recorded: nil, asked: left.description) }
        patches.isReplaying = false
    }

    /// Whether the code may take the path that `id` guards.
    func isPatched(_ id: String) -> Bool {
        if let answer = patches.answers[id] { return answer }
        let answer = !patches.isReplaying || patches.recorded.contains(id)
        patches.answers[id] = answer
        if answer { operations.recordPatch(id) }
        return answer
    }

    private func recordedPatches(_ history: [HistoryEntry]) -> Set<String> {
        Set(
            history.compactMap { entry in
                if case .command(.recordPatch(let id)) = entry.content { id } else { nil }
            })
    }
}
