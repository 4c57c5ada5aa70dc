import FoundationEssentials
import Workflows

/// Plays the engine for one decider: keeps what is open, makes up what happens next, and writes the history.
struct ScriptedHistory {
    /// One turn: the events that were applied together, and the commands that came of them.
    struct Turn {
        var events: [HistoryEntry]
        var commands: [WorkflowCommand]
    }

    private(set) var turns: [Turn] = []
    private var open: [WorkflowEvent] = []
    private var time = Date(timeIntervalSince1970: 1000)
    private var isCancelRequested = false

    var entries: [HistoryEntry] { turns.flatMap(Self.entries) }

    static func entries(of turn: Turn) -> [HistoryEntry] {
        let time = turn.events.last?.time ?? Date(timeIntervalSince1970: 0)
        return turn.events + turn.commands.map { HistoryEntry(time: time, content: .command($0)) }
    }

    /// Applies `events` to `decider` as one turn and records them with what the decider commands.
    mutating func play(_ events: [WorkflowEvent], on decider: Decider) throws {
        var applied: [HistoryEntry] = []
        for event in events {
            time += 0.25
            applied.append(HistoryEntry(time: time, content: .event(event)))
            decider.apply(event, at: time)
        }
        let commands = try decider.takeCommands()
        commands.forEach { follow($0) }
        turns.append(Turn(events: applied, commands: commands))
    }

    /// One to three things that may happen now, picked at random.
    mutating func nextEvents(_ random: inout SeededRandom) -> [WorkflowEvent] {
        var events: [WorkflowEvent] = []
        for _ in 0..<(1 + random.below(3)) {
            if random.below(40) == 0, !isCancelRequested {
                isCancelRequested = true
                events.append(.cancelRequested(reason: "test"))
            } else if open.isEmpty || random.below(8) == 0 {
                let name = ["go", "stop"][random.below(2)]
                events.append(.signalled(name: name, payload: text("signal \(events.count) of turn \(turns.count)")))
            } else {
                events.append(vary(open.remove(at: random.below(open.count)), &random))
            }
        }
        return events
    }

    private mutating func follow(_ command: WorkflowCommand) {
        switch command {
        case .scheduleActivity(let activity): open.append(.activityCompleted(id: activity.id, result: activity.input))
        case .startTimer(let id, _): open.append(.timerFired(id: id))
        case .startChild(let child): open.append(.childCompleted(id: child.id, result: child.input))
        case .cancelTimer(let id): open.removeAll { $0 == .timerFired(id: id) }
        case .cancelActivity, .cancelChild, .recordPatch: break
        }
    }

    private func vary(_ event: WorkflowEvent, _ random: inout SeededRandom) -> WorkflowEvent {
        let failure = WorkflowFailure(kind: "broken", message: "It broke.", attempts: 3)
        switch (event, random.below(10)) {
        case (.activityCompleted(let id, _), 0): return .activityFailed(id: id, failure: failure)
        case (.activityCompleted(let id, _), 1): return .activityCancelled(id: id)
        case (.childCompleted(let id, _), 0): return .childFailed(id: id, failure: failure)
        default: return event
        }
    }

    private func text(_ value: String) -> Payload { Payload(bytes: Array("\"\(value)\"".utf8)) }
}
