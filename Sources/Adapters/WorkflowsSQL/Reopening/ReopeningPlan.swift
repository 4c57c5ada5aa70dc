import Workflows

/// How an ended run goes on: from before the failure that ended it, with everything that it had finished.
///
/// The history is cut just before that failure. What was asked for before the cut stays: outcomes that came after it as
/// successes, and signals, are told again in their order; activities that failed, were cancelled or had not ended begin
/// anew, as do timers. What was decided after the cut never happened, but for its effects on the world.
struct ReopeningPlan {
    /// How the run had ended.
    struct Ending {
        var status: WorkflowStatus
        var failure: WorkflowFailure?
        /// The activity from whose end on to begin anew, whatever that end was; nil for the failure.
        var from: String?
    }
    struct Activity {
        let command: ActivityCommand
        /// Where in the history its input is.
        let sequence: Int
    }
    struct Refusal: Error {
        let reason: String
    }

    /// The first sequence that is taken back; one past the end when nothing is.
    let cut: Int
    /// What the run is told again, in order.
    private(set) var inbox: [RecordedEntry] = []
    /// What begins anew.
    private(set) var activities: [Activity] = []
    private(set) var timers: [(id: String, duration: Duration)] = []
    /// Children that are to go on or to begin anew.
    private(set) var children: [ChildCommand] = []
    /// Children that were started after the cut.
    private(set) var undoneChildren: [ChildCommand] = []

    /// - Parameters:
    ///   - history: From sequence 1 on.
    ///   - unread: What waited in the inbox when the run ended.
    /// - Throws: ``Refusal``, or ``UnreadableHistory``.
    init(_ history: [RecordedEntry], unread: [RecordedEntry] = [], _ ending: Ending) throws {
        let contents = try history.map { try $0.content() }
        let index = try Self.index(of: ending, in: contents)
        cut = index + 1
        var kept = Kept()
        for (place, content) in contents[..<index].enumerated() { kept.note(content, sequence: place + 1) }
        // The end that is to be undone is not told again, even where it is a success.
        let undone = ending.from == nil ? index : index + 1
        for entry in history[undone...] + unread { try retell(entry, &kept) }
        for case .command(.startChild(let child)) in contents[index...] { undoneChildren.append(child) }
        try finish(kept)
    }

    /// Tells again what happened after the cut to something that was asked for before it.
    private mutating func retell(_ entry: RecordedEntry, _ kept: inout Kept) throws {
        guard let event = try entry.event() else { return }
        switch event {
        case .activityCompleted(let id, _):
            if kept.activities.removeValue(forKey: id) != nil { inbox.append(entry) }
        case .childCompleted(let id, _):
            if kept.children.removeValue(forKey: id) != nil { inbox.append(entry) }
        case .timerFired(let id):
            if kept.timers.removeValue(forKey: id) != nil { inbox.append(entry) }
        case .signalled: inbox.append(entry)
        case .started, .activityFailed, .activityCancelled, .childFailed, .childCancelled, .cancelRequested,
            .deadlineReached:
            break
        }
    }

    /// What is still open begins anew, unless it was asked to stop before the cut: then it has stopped.
    private mutating func finish(_ kept: Kept) throws {
        for (id, activity) in kept.activities.sorted(by: { $0.value.sequence < $1.value.sequence }) {
            if kept.cancelledActivities.contains(id) {
                inbox.append(try RecordedEntry(.activityCancelled(id: id)))
            } else {
                activities.append(activity)
            }
        }
        for (id, child) in kept.children.sorted(by: { $0.key < $1.key }) {
            if kept.cancelledChildren.contains(id) {
                inbox.append(try RecordedEntry(.childCancelled(id: id)))
            } else {
                children.append(child)
            }
        }
        timers = kept.timers.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}

extension ReopeningPlan {
    /// What was asked for before the cut and had not ended by then.
    private struct Kept {
        var activities: [String: Activity] = [:]
        var timers: [String: Duration] = [:]
        var children: [String: ChildCommand] = [:]
        var cancelledActivities: Set<String> = []
        var cancelledChildren: Set<String> = []

        mutating func note(_ content: HistoryEntry.Content, sequence: Int) {
            switch content {
            case .command(.scheduleActivity(let command)):
                activities[command.id] = Activity(command: command, sequence: sequence)
            case .command(.cancelActivity(let id)): cancelledActivities.insert(id)
            case .command(.startTimer(let id, let duration)): timers[id] = duration
            case .command(.cancelTimer(let id)), .event(.timerFired(let id)): timers[id] = nil
            case .command(.startChild(let child)): children[child.id] = child
            case .command(.cancelChild(let id)): cancelledChildren.insert(id)
            case .event(.activityCompleted(let id, _)), .event(.activityFailed(let id, _)),
                .event(.activityCancelled(let id)):
                activities[id] = nil
            case .event(.childCompleted(let id, _)), .event(.childFailed(let id, _)), .event(.childCancelled(let id)):
                children[id] = nil
            case .command(.recordPatch), .event: break
            }
        }
    }

    /// Where the history is cut: the place of the first entry to go.
    private static func index(of ending: Ending, in history: [HistoryEntry.Content]) throws -> Int {
        if let activity = ending.from { return try end(of: activity, in: history) }
        let place =
            switch ending.status {
            case .timedOut: history.firstIndex(of: .event(.deadlineReached))
            case .cancelled:
                history.firstIndex { if case .event(.cancelRequested) = $0 { true } else { false } }
            case .failed, .completed, .running: ending.failure.flatMap { cause($0, in: history) }
            }
        // Without a failure on record the code itself ended the run. What it was told last is told again, so that
        // code that was mended meanwhile decides anew.
        return place ?? lastTurn(of: history)
    }

    private static func lastTurn(of history: [HistoryEntry.Content]) -> Int {
        (history.lastIndex { if case .command = $0 { true } else { false } } ?? -1) + 1
    }

    private static func end(of activity: String, in history: [HistoryEntry.Content]) throws -> Int {
        let place = history.firstIndex { content in
            switch content {
            case .event(.activityCompleted(activity, _)), .event(.activityFailed(activity, _)),
                .event(.activityCancelled(activity)):
                true
            default: false
            }
        }
        guard let place else { throw Refusal(reason: "Its history holds no end of the activity \(activity).") }
        return place
    }

    /// The failure that ended the run: the last one like it, or the first of several that were under way together.
    ///
    /// Of two that were under way together the first may have ended the run, and the second came too late; of two one
    /// after the other the code went on after the first.
    private static func cause(_ failure: WorkflowFailure, in history: [HistoryEntry.Content]) -> Int? {
        var began: [OperationName: Int] = [:]
        var causes: [(began: Int, ended: Int)] = []
        for (place, content) in history.enumerated() {
            switch content {
            case .command(.scheduleActivity(let activity)): began[.activity(activity.id)] = place
            case .command(.startChild(let child)): began[.child(child.id)] = place
            case .event(.activityFailed(let id, failure)): causes.append((began[.activity(id)] ?? 0, place))
            case .event(.childFailed(let id, failure)): causes.append((began[.child(id)] ?? 0, place))
            default: break
            }
        }
        guard var chosen = causes.popLast() else { return nil }
        while let earlier = causes.popLast(), earlier.ended > chosen.began {
            chosen = (min(earlier.began, chosen.began), earlier.ended)
        }
        return chosen.ended
    }

    private enum OperationName: Hashable { case activity(String), child(String) }
}
