import Workflows

/// How an ended run goes on: from before the failure that ended it, with everything that it had finished.
///
/// The history is cut just before that failure. What was asked for before the cut stays: outcomes that came after it as
/// successes, and signals, are told again in their order; activities that failed, were cancelled or had not ended begin
/// anew, as do timers. What was decided after the cut never happened, but for its effects on the world.
struct ReopeningPlan {
    struct Activity {
        let command: ActivityCommand
        /// Where in the history its input is.
        let sequence: Int
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
    /// - Throws: ``Workflows/ReopeningRefused``, or ``UnreadableHistory``.
    init(_ history: [RecordedEntry], unread: [RecordedEntry] = [], _ point: ReopeningPoint) throws {
        let contents = try history.map { try $0.content() }
        let index = try point.index(in: contents)
        cut = index + 1
        var kept = Kept()
        for (place, content) in contents[..<index].enumerated() { kept.note(content, sequence: place + 1) }
        // The end that is to be undone is not told again, even where it is a success.
        let undone = point.activity == nil ? index : index + 1
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
}
