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

    private func writeOutbox() async {
        while !outbox.isEmpty {
            let batch = Array(outbox.prefix(Self.batchLimit))
            outbox.removeFirst(batch.count)
            let unsure = min(unsureCount, batch.count)
            unsureCount -= unsure
            await commit(batch, unsure: unsure)
        }
        isWriting = false
        tellIfIdle()
    }

    /// Writes a batch in one transaction; when one of it is refused, in halves until that one is alone.
    /// - Parameter unsure: How many at its beginning an earlier try may have written.
    private func commit(_ batch: [Change], unsure: Int) async {
        let session = session
        // Rules only matter to what begins with the commit itself; everything else is claimed.
        let revision = batch.contains(where: \.beginsActivity) ? rules.revision : nil
        do {
            try await setup.database.write { connection in
                let current = try Sessions.check(session, on: connection)
                guard revision.map({ $0 == current }) ?? true else { throw LeaseError.rulesChanged }
                let written = try batch.prefix(unsure).map { try $0.wasApplied(for: session, on: connection) }
                let rest = zip(batch, written).filter { !$1 }.map(\.0) + batch.dropFirst(unsure)
                try Change.apply(rest, for: session, on: connection)
            }
        } catch {
            return await commitInParts(batch, unsure: unsure, after: error)
        }
        for change in batch { settle(change, nil) }
    }

    private func commitInParts(_ batch: [Change], unsure: Int, after error: any Error) async {
        if let error = error as? DatabaseError, error.isRetryable { return await commitLater(batch, after: error) }
        if error as? LeaseError == .sessionLost || error as? DatabaseError == .closed {
            for change in batch { settle(change, error) }
            return session.isEmpty ? () : recover(from: error)
        }
        if error as? LeaseError == .rulesChanged { return await commitUnderNewRules(batch, unsure: unsure) }
        guard batch.count > 1 else { return settle(batch[0], error) }
        let half = batch.count / 2
        await commit(Array(batch.prefix(half)), unsure: min(unsure, half))
        await commit(Array(batch.dropFirst(half)), unsure: max(0, unsure - half))
    }

    /// Lets activities wait whose queue has been paused or limited since they were given a slot.
    private func commitUnderNewRules(_ batch: [Change], unsure: Int) async {
        let session = session
        do {
            adopt(
                try await setup.database.read { connection in
                    try QueueRules.read(at: try Sessions.revision(of: session, on: connection), on: connection)
                })
        } catch {
            return await commitInParts(batch, unsure: unsure, after: error)
        }
        // What may be on disk already stays as it was written.
        let rest = batch.dropFirst(unsure).map { change in
            guard case .turn(var turn) = change else { return change }
            for index in turn.newTasks.indices where turn.newTasks[index].isLeased {
                turn.newTasks[index].isLeased = !slots.sendBack(turn.newTasks[index].command.options.taskQueue)
            }
            return .turn(turn)
        }
        await commit(batch.prefix(unsure) + rest, unsure: unsure)
    }

    /// The disk is full or the database is away: results of finished work are kept until they can be written.
    private func commitLater(_ batch: [Change], after error: DatabaseError) async {
        setup.logger.warning("results wait for the database", ["error": .text(String(describing: error))])
        do {
            try await setup.clock.sleep(for: .milliseconds(isStopping ? 50 : 500))
        } catch {
            // Nobody cancels this; if somebody does, trying again at once is right too.
        }
        guard !session.isEmpty else {
            for change in batch { settle(change, LeaseError.sessionLost) }
            return
        }
        outbox.insert(contentsOf: batch, at: 0)
        // A connection that broke during the commit does not say whether it was carried out.
        unsureCount += batch.count
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
        case .handBack, .release: doorbell.ring()
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
        held[turn.run]?.decider?.evict()
        held[turn.run] = nil
        write(.park(run: turn.run, problem: "its records cannot be written: \(error)"))
    }
}
