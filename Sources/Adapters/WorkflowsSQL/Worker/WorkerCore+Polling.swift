import Concurrency
import Database
import Workflows

// Hearing of what other processes did.
extension WorkerCore {
    /// Listens for words of other processes until it is cancelled; returns at once where the database carries none.
    func listen() async {
        guard let messages = setup.database.notifications(on: Herald.Channel.work.rawValue) else { return }
        for await message in messages {
            for word in setup.engine.herald.words(in: message) ?? [] { hear(word) }
        }
    }

    private func hear(_ word: String) {
        switch word {
        case Herald.newWork: doorbell.ringForNewWork()
        case Herald.anyQueue: doorbell.ring(forBacklogOf: nil)
        default:
            let queue = TaskQueue(rawValue: word)
            if slots.serves(queue) { doorbell.ring(forBacklogOf: [queue]) }
        }
    }

    /// Looks again and again whether others left something, where they cannot say so.
    ///
    /// Soon after there was something, ever more rarely while there is nothing. Until it is cancelled.
    func poll(every pauses: ClosedRange<Duration>) async {
        var pause = pauses.lowerBound
        // Cancelled when the worker stops.
        while (try? await setup.clock.sleep(for: pause)) != nil {
            let isThorough = pause >= pauses.upperBound
            pause = await pollOnce(isThorough) ? pauses.lowerBound : min(pause * 2, pauses.upperBound)
        }
    }

    /// One cheap look, for what there is room for.
    /// - Parameter isThorough: Whether to look also where a limit may be in the way.
    private func pollOnce(_ isThorough: Bool) async -> Bool {
        guard fatalError == nil, !session.isEmpty, !isStopping, !isLooking else { return false }
        let look = Poll(
            session: session, takesRuns: setup.holdsWorkflows && held.count + reservedRuns < setup.limits.runsInMemory,
            queues: slots.free(includingRestricted: isThorough), revision: rules.revision,
            cancelled: running.values.count { $0.stopReason != nil })
        // While the database is away there is nothing to find; the looks that follow say so.
        guard let found = try? await setup.database.read({ try look.finds(on: $0) }), found else { return false }
        doorbell.ring(forBacklogOf: nil)
        return true
    }
}

/// A look for what others may have left for a worker: one statement over the indexes of what waits.
struct Poll: Sendable {
    let session: String
    let takesRuns: Bool
    let queues: [TaskQueue]
    /// The queues' rules that the worker knows.
    let revision: Int
    /// Activities of the session that it has already told to stop.
    let cancelled: Int

    func finds(on connection: any SQLConnection) throws -> Bool {
        let runs: SQL = takesRuns ? "EXISTS (SELECT 1 FROM workflow_runs WHERE state = 0)" : "1 = 0"
        let row = try connection.first(
            """
            SELECT CASE WHEN s.rules_revision <> \(revision) OR \(runs) OR EXISTS (
                SELECT 1 FROM activity_tasks WHERE state = 0 AND queue IN (\(list: queues.map(\.rawValue)))
            ) OR EXISTS (
                SELECT 1 FROM workflow_inbox i JOIN workflow_runs r ON r.id = i.run
                WHERE r.state = 1 AND r.session = s.id
            ) OR \(cancelled) < (
                SELECT COUNT(*) FROM activity_tasks WHERE cancel_requested = 1 AND session = s.id
            ) THEN 1 ELSE 0 END AS found FROM worker_sessions s WHERE s.id = \(session)
            """)
        // A session that is gone is news as well.
        return try row?.integer("found") != 0
    }
}
