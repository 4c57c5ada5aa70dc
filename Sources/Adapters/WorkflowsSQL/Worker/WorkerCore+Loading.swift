import Database
import FoundationEssentials
import Observability
import Workflows

// Bringing runs into memory.
extension WorkerCore {
    /// Reads the histories of runs that were taken hold of, and lets the runs go on.
    func loadRuns() async {
        // In the order of the claim: the first to move gets the first free slot.
        let ids = unloaded
        let known = ids.filter { held[$0]?.mayHaveHistory == true }
        var histories: [Int: Result<[HistoryEntry], any Error>] = [:]
        do {
            if !known.isEmpty { histories = try await readHistories(of: known) }
        } catch {
            // They stay held, and are loaded with the next look.
            return recover(from: error)
        }
        unloaded.removeAll { ids.contains($0) }
        for id in ids {
            if let run = held[id], run.decider == nil { load(run, histories[id] ?? .success([])) }
        }
    }

    /// - Returns: For each run its history, or why it cannot be read; one that cannot must not stop the others.
    private func readHistories(of runs: [Int]) async throws -> [Int: Result<[HistoryEntry], any Error>] {
        try await setup.database.read { connection in
            var histories: [Int: Result<[HistoryEntry], any Error>] = [:]
            for run in runs {
                do {
                    histories[run] = .success(try History.entries(of: run, on: connection))
                } catch let error as DatabaseError where error.isRetryable || error == .closed {
                    throw error
                } catch {
                    histories[run] = .failure(error)
                }
            }
            return histories
        }
    }

    private func load(_ run: HeldRun, _ history: Result<[HistoryEntry], any Error>) {
        let row = run.row
        if row.lost >= 2, suspectRun == nil { suspectRun = row.id }
        guard row.lost < setup.limits.lossesUntilPoison else {
            return park(run, "the process ended \(row.lost) times while it worked on this", history)
        }
        guard let definition = setup.registry.workflows[row.workflow] else {
            return park(run, "no worker here knows the workflow \(row.workflow)", history)
        }
        do {
            try run.load(definition, try history.get())
        } catch {
            return park(run, String(describing: error), history)
        }
        if run.hasLoss, run.pending.isEmpty {
            // It stands where its holders died without harm. With events to come, their turn must succeed first.
            run.hasLoss = false
            write(.clearLoss(run: row.id))
        }
        advance(run, isFirst: true)
    }

    /// Takes a run whose code cannot go on out of the way, or ends it if that was asked for.
    private func park(_ run: HeldRun, _ problem: String, _ history: Result<[HistoryEntry], any Error>) {
        setup.logger.error(
            "a workflow cannot go on", ["job_id": .text(run.row.workflowID.rawValue), "problem": .text(problem)])
        for inbound in run.pending {
            switch inbound.event {
            case .cancelRequested: return close(run, as: Turn.Closing(status: .cancelled), history)
            case .deadlineReached: return close(run, as: .timedOut, history)
            default: break
            }
        }
        held[run.row.id] = nil
        clearSuspect(run.row.id)
        write(.park(run: run.row.id, problem: problem))
    }

    /// Ends a run without running its code.
    private func close(
        _ run: HeldRun, as closing: Turn.Closing, _ history: Result<[HistoryEntry], any Error>
    ) {
        // Where the history cannot be read, nothing is added to it and its row alone says how it ended.
        let known = (try? history.get()) ?? []
        for entry in known { run.note(entry.content) }
        run.nextSequence = known.count + 1
        var turn = Turn(of: run, at: now.microseconds)
        turn.consumedInbox = run.pending.compactMap { if case .inbox(let id) = $0.source { id } else { nil } }
        run.pending = []
        turn.close(closing, run)
        run.isCommitting = true
        write(.turn(turn))
    }
}

extension Turn.Closing {
    static let timedOut = Turn.Closing(
        status: .timedOut,
        failure: WorkflowFailure(
            kind: WorkflowFailure.Kind.workflowTimeout, message: "The job took longer than it may as a whole."))
}
