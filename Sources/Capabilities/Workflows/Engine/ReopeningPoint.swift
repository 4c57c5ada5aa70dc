/// From where an ended run is to go on: just before the failure that ended it, or before the end of an activity.
package struct ReopeningPoint: Sendable {
    private let status: WorkflowStatus
    private let failure: WorkflowFailure?
    /// The activity from whose end on to begin anew, whatever that end was; nil for the failure.
    package let activity: String?

    /// - Parameters:
    ///   - status: How the run had ended.
    ///   - activity: Instead of the failure, the activity whose end is taken back.
    package init(status: WorkflowStatus, failure: WorkflowFailure?, from activity: String? = nil) {
        self.status = status
        self.failure = failure
        self.activity = activity
    }

    /// Where the history is cut: the place of the first entry to go.
    ///
    /// One past the end where nothing goes.
    /// - Throws: ``ReopeningRefused`` when the history holds no end of the activity.
    package func index(in history: [HistoryEntry.Content]) throws(ReopeningRefused) -> Int {
        if let activity { return try Self.end(of: activity, in: history) }
        let cancellation = history.firstIndex { if case .event(.cancelRequested) = $0 { true } else { false } }
        let place =
            switch status {
            case .timedOut: history.firstIndex(of: .event(.deadlineReached))
            case .cancelled: cancellation
            // What failed while it was being cancelled must not be cancelled again when it goes on.
            case .failed, .completed, .running:
                [failure.flatMap { Self.cause($0, in: history) }, cancellation].compactMap { $0 }.min()
            }
        // Without a failure on record the code itself ended the run. What it was told last is told again, so that
        // code that was mended meanwhile decides anew.
        return place ?? Self.lastTurn(of: history)
    }

    private static func lastTurn(of history: [HistoryEntry.Content]) -> Int {
        (history.lastIndex { if case .command = $0 { true } else { false } } ?? -1) + 1
    }

    private static func end(of activity: String, in history: [HistoryEntry.Content]) throws(ReopeningRefused) -> Int {
        let place = history.firstIndex { content in
            switch content {
            case .event(.activityCompleted(activity, _)), .event(.activityFailed(activity, _)),
                .event(.activityCancelled(activity)):
                true
            default: false
            }
        }
        guard let place else { throw ReopeningRefused("Its history holds no end of the activity \(activity).") }
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
