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
        guard !isWriting else { return }
        isWriting = true
        // Ends by itself when the outbox is empty; `stop` waits for that.
        Task { await writeOutbox() }
    }

    private func writeOutbox() async {
        while !outbox.isEmpty {
            let batch = Array(outbox.prefix(Self.batchLimit))
            outbox.removeFirst(batch.count)
            await commit(batch)
        }
        isWriting = false
        tellIfIdle()
    }

    /// Writes a batch in one transaction; when one of it is refused, each for itself.
    private func commit(_ batch: [Change]) async {
        let session = session
        do {
            try await setup.database.write { connection in
                try Sessions.check(session, on: connection)
                for change in batch { try change.apply(for: session, on: connection) }
            }
        } catch {
            return await commitSingly(batch, after: error)
        }
        for change in batch { settle(change, nil) }
    }

    private func commitSingly(_ batch: [Change], after error: any Error) async {
        if let error = error as? DatabaseError, error.isRetryable { return await commitLater(batch, after: error) }
        if error as? LeaseError == .sessionLost || error as? DatabaseError == .closed {
            for change in batch { settle(change, error) }
            return session.isEmpty ? () : recover(from: error)
        }
        guard batch.count > 1 else { return settle(batch[0], error) }
        for change in batch { await commit([change]) }
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
