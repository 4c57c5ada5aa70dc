import Database
import FoundationEssentials
import Workflows

// Claims whose answer was lost: the tables say that they are ours, and nobody here knows of them.
extension WorkerCore {
    /// Gives back what a failed look may have taken.
    ///
    /// Put off while a batch is being written, since what that leases is not known yet either.
    func giveBackForgotten() async throws {
        guard mayHoldForgotten, !isWriting else { return }
        isWriting = true
        defer {
            isWriting = false
            if !outbox.isEmpty { beginWriting() }
        }
        let (session, runs, tasks) = (session, Set(held.keys), knownTasks)
        try await setup.database.write { connection in
            try Sessions.giveBack(of: session, besides: runs, tasks, on: connection)
        }
        mayHoldForgotten = false
        mayHaveReadyRuns = true
        slots.noteBacklogEverywhere()
    }

    /// Every activity whose lease is here: it runs, or its end has still to be written.
    private var knownTasks: Set<TaskKey> {
        var known = Set(running.keys)
        for run in held.values {
            for case .task(let key, _, _) in (run.pending + run.inFlight).map(\.source) { known.insert(key) }
        }
        for change in outbox { known.formUnion(change.leases) }
        return known
    }
}

extension Change {
    /// Whether it lets a run go that goes on elsewhere.
    var endsHold: Bool {
        switch self {
        case .release, .leave, .park: true
        default: false
        }
    }

    /// The activities whose leases it takes or ends.
    fileprivate var leases: [TaskKey] {
        switch self {
        case .turn(let turn):
            // Its answer may be the one that was lost.
            turn.newTasks.filter(\.isLeased).map { TaskKey(run: turn.run, activityID: $0.command.id) }
                + turn.endedTasks.map { TaskKey(run: turn.run, activityID: $0.activityID) }
        case .retry(let key, _, _, _, _, _), .relay(_, let key, _, _), .handBack(let key, _, _),
            .parkTask(let key, _, _), .heartbeat(let key, _, _, _):
            [key]
        case .release, .leave, .park, .clearLoss: []
        }
    }
}
