import FoundationEssentials
import Testing
import Workflows

@Suite struct `Replay of random workflows` {
    private static let plan = RegisteredWorkflow(PlanWorkflow.self)

    private func makeDecider() -> Decider {
        Decider(Self.plan, workflowID: "plan", runID: RunID(rawValue: "run"))
    }

    private func live(seed: UInt64) throws -> (ScriptedHistory, Decider.Outcome?) {
        var random = SeededRandom(seed: seed)
        let input = try Payload(encoding: Plan.inOrder([.random(&random), .random(&random)]))
        let decider = makeDecider()
        var history = ScriptedHistory()
        try history.play([.started(input: input)], on: decider)
        for _ in 0..<60 where decider.outcome == nil { try history.play(history.nextEvents(&random), on: decider) }
        let outcome = decider.outcome
        decider.evict()
        return (history, outcome)
    }

    @Test(arguments: UInt64(1)...8)
    func `commands the same as the live run, from every turn on`(block: UInt64) throws {
        for seed in (block * 1000)..<(block * 1000 + 50) {
            let (history, outcome) = try live(seed: seed)
            for cut in 0...history.turns.count {
                let decider = makeDecider()
                try decider.replay(history.turns.prefix(cut).flatMap(ScriptedHistory.entries))
                #expect(try decider.takeCommands().isEmpty, "seed \(seed), cut \(cut)")
                for turn in history.turns.dropFirst(cut) {
                    for entry in turn.events {
                        guard case .event(let event) = entry.content else { continue }
                        decider.apply(event, at: entry.time)
                    }
                    #expect(try decider.takeCommands() == turn.commands, "seed \(seed), cut \(cut)")
                }
                #expect(decider.outcome == outcome, "seed \(seed), cut \(cut)")
                decider.evict()
            }
        }
    }

    @Test func `a history with one command renamed is never accepted`() throws {
        var refused = 0
        for seed in UInt64(1)...60 {
            let (history, _) = try live(seed: seed)
            var entries = history.entries
            let index = entries.firstIndex { if case .command(.scheduleActivity) = $0.content { true } else { false } }
            guard let index, case .command(.scheduleActivity(var activity)) = entries[index].content else { continue }
            activity.name = "Removed"
            entries[index].content = .command(.scheduleActivity(activity))

            let decider = makeDecider()
            #expect(throws: DeciderProblem.self, "seed \(seed)") { try decider.replay(entries) }
            decider.evict()
            refused += 1
        }
        #expect(refused > 20)
    }
}
