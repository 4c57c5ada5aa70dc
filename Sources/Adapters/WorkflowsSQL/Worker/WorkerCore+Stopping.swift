import Concurrency
import Database
import FoundationEssentials
import Observability
import Workflows

// Ending in good order.
extension WorkerCore {
    /// Takes no new work, lets what runs finish within its grace, cancels the rest and gives every lease back.
    func stop() async {
        isStopping = true
        slots.close()
        guard fatalError == nil, !session.isEmpty else { return await waitUntilIdle(atMost: setup.limits.cancelGrace) }
        await waitUntilIdle(atMost: setup.limits.stopGrace)
        for key in Array(running.keys) { running[key]?.stop(.stopping) }
        await waitUntilIdle(atMost: setup.limits.cancelGrace)
        // What does not heed its cancellation is given back all the same; whatever it still brings is refused.
        for attempt in Array(running.values) {
            dismiss(attempt.task.key)
            write(.handBack(attempt.task.key, token: attempt.task.token, record(of: attempt.task)))
        }
        leaving = [:]
        await waitUntilIdle(atMost: setup.limits.cancelGrace)
        await closeSession()
    }

    /// Drops everything at once, as a process that is killed does: nothing is written, nobody is told.
    func abandon() {
        guard fatalError == nil else { return }
        fatalError = CancellationError()
        abandonEverything()
        doorbell.remove()
    }

    private func closeSession() async {
        let id = session
        for run in held.values { run.decider?.evict() }
        (held, unloaded) = ([:], [])
        let now = now.microseconds
        do {
            try await setup.database.write { connection in try Sessions.close(id, at: now, on: connection) }
        } catch {
            // The next process finds the session dead and takes over.
            setup.logger.warning("leases could not be given back", ["error": .text(String(describing: error))])
        }
        LiveSessions.remove(id)
        session = ""
        alarm.reset()
    }

    /// A look that has begun may still bring runs, and a run that it brought must write its first turn.
    private var isIdle: Bool { running.isEmpty && leaving.isEmpty && outbox.isEmpty && !isWriting && !isLooking }

    /// Wakes whoever waits for the last activity and the last write.
    func tellIfIdle() {
        guard isIdle else { return }
        for waiter in idleWaiters { waiter.resume() }
        idleWaiters = []
    }

    private func waitUntilIdle(atMost limit: Duration) async {
        guard !isIdle else { return }
        let clock = setup.clock
        let timer = Task { [weak self] in
            // Cancelled as soon as everything is done.
            guard (try? await clock.sleep(for: limit)) != nil else { return }
            await self?.giveUpWaiting()
        }
        await withCheckedContinuation { idleWaiters.append($0) }
        timer.cancel()
    }

    private func giveUpWaiting() {
        for waiter in idleWaiters { waiter.resume() }
        idleWaiters = []
    }
}
