import Concurrency
import Database
import FoundationEssentials
import Observability
import Workflows

// Writing what turns and attempts leave behind.
extension WorkerCore {
    private static let batchLimit = 256

    /// Sends `change` to be written; what is sent while a batch is under way shares the next one.
    func write(_ change: Change) {
        guard fatalError == nil, !session.isEmpty else { return settle(change, LeaseError.sessionLost) }
        outbox.append(change)
        if !isWriting { beginWriting() }
    }

    func beginWriting() {
        isWriting = true
        // Ends by itself when the outbox is empty; `stop` waits for that.
        Task { await writeOutbox() }
    }

    /// Changes that share a transaction.
    private struct Batch {
        var changes: [Change]
        /// How many at its beginning an earlier try may have written.
        var unsure: Int
        /// Whose they are; the worker may have begun another session by the time the answer comes.
        let session: String

        var halves: (Batch, Batch) {
            let half = changes.count / 2
            return (
                Batch(changes: Array(changes.prefix(half)), unsure: min(unsure, half), session: session),
                Batch(changes: Array(changes.dropFirst(half)), unsure: max(0, unsure - half), session: session)
            )
        }
    }

    private func writeOutbox() async {
        while !outbox.isEmpty {
            let changes = Array(outbox.prefix(Self.batchLimit))
            outbox.removeFirst(changes.count)
            let unsure = min(unsureCount, changes.count)
            unsureCount -= unsure
            await commit(Batch(changes: changes, unsure: unsure, session: session))
        }
        isWriting = false
        tellIfIdle()
    }

    /// Writes a batch in one transaction; when one of it is refused, in halves until that one is alone.
    private func commit(_ batch: Batch) async {
        // Rules matter to activities alone. A change that has waited may be older than the rules that the worker knows
        // by now.
        let revisions = Set(batch.changes.compactMap(\.schedulesUnder))
        let hooks = setup.engine.closingHooks.withLock { $0 }
        do {
            let mayHaveStarted = try await setup.database.write { connection in
                let current = try Sessions.check(batch.session, on: connection)
                guard revisions.allSatisfy({ $0 == current }) else { throw LeaseError.rulesChanged }
                let rest = try batch.changes.enumerated().filter { index, change in
                    try index >= batch.unsure || !change.wasApplied(for: batch.session, on: connection)
                }.map(\.element)
                try Change.apply(rest, for: batch.session, on: connection)
                return try ClosingHook.tell(hooks, of: rest, on: connection)
            }
            if mayHaveStarted { setup.engine.wake() }
        } catch {
            return await commitInParts(batch, after: error)
        }
        // What was written belongs to others by now if the session has ended meanwhile.
        settle(batch, session == batch.session ? nil : LeaseError.sessionLost)
    }

    private func commitInParts(_ batch: Batch, after error: any Error) async {
        guard session == batch.session else { return settle(batch, LeaseError.sessionLost) }
        if let error = error as? DatabaseError, error.isRetryable { return await commitLater(batch, after: error) }
        if error as? LeaseError == .sessionLost || error as? DatabaseError == .closed {
            settle(batch, LeaseError.sessionLost)
            return recover(from: error)
        }
        if error as? LeaseError == .rulesChanged { return await commitUnderNewRules(batch) }
        guard batch.changes.count > 1 else { return settle(batch, error) }
        let (first, second) = batch.halves
        await commit(first)
        await commit(second)
    }

    /// Lets activities wait whose queue or job has been paused, or whose queue was limited, since they got a slot.
    private func commitUnderNewRules(_ batch: Batch) async {
        let situation: Situation
        do {
            situation = try await setup.database.read { try Situation(of: batch, on: $0) }
        } catch {
            return await commitInParts(batch, after: error)
        }
        adopt(situation.rules)
        var batch = batch
        for index in batch.changes.indices {
            guard case .turn(var turn) = batch.changes[index] else { continue }
            turn.rulesRevision = situation.rules.revision
            // What is on disk already stays as it was written.
            if !situation.isWritten(index) { holdBack(&turn, isPaused: situation.paused.contains(turn.run)) }
            batch.changes[index] = .turn(turn)
        }
        await commit(batch)
    }

    /// What must be known to word a batch anew whose leases the rules no longer allow.
    private struct Situation {
        let rules: QueueRules
        /// Runs whose jobs are paused, and which are still to leave memory.
        let paused: Set<Int>
        /// Which changes at the batch's beginning are on disk.
        private let written: [Bool]

        init(of batch: Batch, on connection: any SQLConnection) throws {
            rules = try QueueRules.read(
                at: try Sessions.revision(of: batch.session, on: connection), on: connection)
            paused = try Pause.runs(heldBy: batch.session, on: connection)
            written = try batch.changes.prefix(batch.unsure).map {
                try $0.wasApplied(for: batch.session, on: connection)
            }
        }

        func isWritten(_ index: Int) -> Bool { index < written.count && written[index] }
    }

    /// Takes back the slots of activities that may not begin with their turn's commit, and puts aside those of a paused
    /// job: once they waited in their queue, anybody might claim them.
    private func holdBack(_ turn: inout Turn, isPaused: Bool) {
        for task in turn.newTasks.indices {
            let queue = turn.newTasks[task].command.options.taskQueue
            turn.newTasks[task].isPaused = isPaused
            guard turn.newTasks[task].isLeased else { continue }
            if isPaused { slots.putAside(queue) }
            turn.newTasks[task].isLeased = !isPaused && !slots.sendBack(queue)
        }
    }

    /// The disk is full or the database is away: results of finished work are kept until they can be written.
    private func commitLater(_ batch: Batch, after error: DatabaseError) async {
        setup.logger.warning("results wait for the database", ["error": .text(String(describing: error))])
        do {
            try await setup.clock.sleep(for: .milliseconds(isStopping ? 50 : 500))
        } catch {
            // Nobody cancels this; if somebody does, trying again at once is right too.
        }
        guard session == batch.session else { return settle(batch, LeaseError.sessionLost) }
        // A connection that broke during the commit does not say whether it was carried out. A run that was let go may
        // be held again by now, and must not be let go once more.
        let again = batch.changes.filter { !$0.endsHold }
        if again.count < batch.changes.count { mayHoldForgotten = true }
        outbox.insert(contentsOf: again, at: 0)
        unsureCount += again.count
    }

    private func settle(_ batch: Batch, _ error: (any Error)?) {
        for change in batch.changes { settle(change, error) }
    }

    /// Goes on after `change` is on disk, or was refused with `error`.
    func settle(_ change: Change, _ error: (any Error)?) {
        if case .heartbeat(let key, let token, _, let done) = change {
            done.resume()
            if error != nil, running[key]?.task.token == token { dismiss(key) }
            return
        }
        if let error, error as? LeaseError != .sessionLost { return refused(change, error) }
        guard error == nil else {
            if case .turn(let turn) = change { releaseSlots(of: turn) }
            return
        }
        if change.endsLease {
            let freed = slots.noteEndOfLease()
            if !freed.isEmpty { setup.engine.wake(forBacklogOf: freed) }
        }
        switch change {
        case .turn(let turn): settle(turn)
        // Only now: an alarm that rings before the row is there would find nothing.
        case .retry(_, _, let availableAt, _, _, _): alarm.set(availableAt)
        case .relay: setup.engine.wake()
        case .handBack, .release, .leave: doorbell.ring()
        case .clearLoss(let run):
            clearSuspect(run)
        case .park, .parkTask, .heartbeat: break
        }
    }

    private func refused(_ change: Change, _ error: any Error) {
        guard case .turn(let turn) = change else {
            setup.logger.warning("a late result was refused", ["reason": .text(String(describing: error))])
            return
        }
        releaseSlots(of: turn)
        if case LeaseError.taskLost(_, let activityID) = error {
            setup.logger.warning("a late result was refused", ["reason": .text(String(describing: error))])
            return reload(turn.run, without: activityID)
        }
        // A statement that can never succeed is a fault of ours: only this run stops.
        setup.logger.error(
            "a workflow cannot be written", ["run": .integer(turn.run), "error": .text(String(describing: error))])
        guard let run = held.removeValue(forKey: turn.run) else { return }
        run.decider?.evict()
        passOn(run.inFlight + run.pending)
        write(.park(run: turn.run, problem: "its records cannot be written: \(error)"))
    }
}
