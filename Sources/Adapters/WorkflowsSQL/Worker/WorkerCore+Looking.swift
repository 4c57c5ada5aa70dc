import Concurrency
import Database
import FoundationEssentials
import Observability
import Workflows

// Taking work from the database.
extension WorkerCore {
    /// Looks once for everything there may be: due timers, waiting events, runs and activities.
    ///
    /// Called when the doorbell rings; it rings it again itself when there may be more.
    func look() async {
        guard fatalError == nil else { return }
        isLooking = true
        defer {
            isLooking = false
            tellIfIdle()
        }
        if session.isEmpty {
            guard !isStopping else { return }
            do { try await open() } catch { return fail(error) }
        }
        let request = makeRequest()
        do {
            if request.isSweep { try await buryDeadSessions() }
            let haul = try await setup.database.write { connection in try Haul.take(request, on: connection) }
            if let expiry = request.extendsUntil { sessionExpiry = expiry }
            await take(haul, of: request)
        } catch {
            giveBack(request)
            recover(from: error)
        }
        if request.isSweep { expireRunning() }
    }

    private func makeRequest() -> Haul.Request {
        let now = now.microseconds
        let isSweep = alarm.takeRing() || needsSweep
        if isSweep {
            needsSweep = false
            doorbell.noteNewWork()
            // Before the look: what is set while it is under way may be later than what it saw, and must not be lost.
            alarm.reset()
            slots.noteBacklogEverywhere()
        }
        let lease = setup.limits.lease.microseconds
        makeRoom()
        let freeRuns =
            isStopping ? 0 : min(setup.limits.runsAClaim, setup.limits.runsInMemory - held.count - reservedRuns)
        reservedRuns += max(0, freeRuns)
        return Haul.Request(
            session: session, now: now, extendsUntil: sessionExpiry - now < lease * 2 / 3 ? now + lease : nil,
            freeRuns: max(0, freeRuns), shares: sharesOfMemory(), freeSlots: slots.reserveForClaim(),
            takesSuspectRun: suspectRun == nil, takesSuspectTask: suspectTask == nil, isSweep: isSweep,
            turns: turns)
    }

    private func take(_ haul: Haul, of request: Haul.Request) async {
        reservedRuns -= request.freeRuns
        turns = haul.turns
        slots.settle(request.freeSlots, claimed: haul.tasks.reduce(into: [:]) { $0[$1.queue, default: 0] += 1 })
        if request.isSweep {
            if let due = haul.nextDue { alarm.set(due) }
            alarm.set(now.microseconds + setup.limits.sweepInterval.microseconds)
        }
        for row in haul.runs {
            held[row.id] = HeldRun(row)
            unloaded.append(row.id)
            if let deadline = row.deadlineAt { alarm.set(deadline) }
        }
        for task in haul.tasks { begin(task) }
        for key in haul.cancelled { running[key]?.stop(.requested) }
        deliver(haul.inbox)
        await loadRuns()
        if let shares = request.shares { makeUp(for: shares) }
        // A full basket means that there may be more.
        mayHaveReadyRuns = haul.runs.count >= request.freeRuns
        if mayHaveReadyRuns, request.freeRuns > 0 { doorbell.ring() }
        if request.freeSlots.contains(where: { slots.mayHaveBacklog($0.queue) }) { doorbell.ring() }
    }

    private func giveBack(_ request: Haul.Request) {
        reservedRuns -= request.freeRuns
        slots.settle(request.freeSlots, claimed: [:])
        for (queue, _) in request.freeSlots { slots.noteBacklog(queue) }
        if request.isSweep { needsSweep = true }
    }

    /// Goes on after a failed look: later, in a new session, or not at all.
    func recover(from error: any Error) {
        if error as? LeaseError == .sessionLost {
            setup.logger.warning("this worker was taken for dead; it begins anew")
            abandonEverything()
            return doorbell.ring()
        }
        guard let error = error as? DatabaseError, error.isRetryable else { return fail(error) }
        setup.logger.warning("the worker waits for the database", ["error": .text(String(describing: error))])
        alarm.reset()
        alarm.set(now.microseconds + 500_000)
    }

    /// Ends the worker: nothing that it could do would help.
    func fail(_ error: any Error) {
        guard fatalError == nil else { return }
        fatalError = error
        setup.logger.error("the worker cannot go on", ["error": .text(String(describing: error))])
        abandonEverything()
        doorbell.remove()
    }

    private func deliver(_ rows: [Inbox.Row]) {
        for row in rows {
            guard let run = held[row.run], run.seenInbox.insert(row.id).inserted else { continue }
            run.pending.append(HeldRun.Inbound(event: row.event, source: .inbox(row.id), note: row.note))
        }
        for id in Set(rows.map(\.run)) {
            if let run = held[id] { advance(run) }
        }
    }
}
