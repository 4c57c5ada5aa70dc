import Workflows

// Which runs are in memory when there are more than fit.
extension WorkerCore {
    /// Lets runs leave a full memory that others may use better; they are replayed when their time comes.
    ///
    /// First the longest unused that wait for nothing here. If slots stand idle, then also those that wait for
    /// something that is not theirs, such as a queue that is paused or the end of a long pause between attempts.
    func makeRoom() {
        let limit = setup.limits.runsInMemory
        guard mayHaveReadyRuns, held.count + reservedRuns >= limit, !isStopping else { return }
        var idle = held.values.filter { $0.isIdle(served: slots.serves) }
        if idle.isEmpty, slots.hasIdle { idle = held.values.filter(canLeave) }
        for run in idle.sorted(by: { $0.lastUse < $1.lastUse }).prefix(max(1, limit / 8)) { release(run) }
    }

    /// What a look is to know of memory so that it can let somebody in although it is full; nil when nobody could.
    func sharesOfMemory() -> MemoryShares? {
        guard held.count + reservedRuns >= setup.limits.runsInMemory, !isStopping, doorbell.takeNewWork() else {
            return nil
        }
        var shares = MemoryShares(capacity: setup.limits.runsInMemory)
        for run in held.values {
            shares.add(owner: run.row.fairnessKey, priority: run.row.priority, isMovable: canLeave(run))
        }
        return shares.isMovable ? shares : nil
    }

    /// Lets as many leave as came in beyond the limit: the least urgent, of those who hold most, and the newest.
    func makeUp(for shares: MemoryShares) {
        let excess = held.count - setup.limits.runsInMemory
        guard excess > 0 else { return }
        let order = held.values.filter(canLeave).map { run in
            (run: run, rank: (-run.row.priority, -shares.held(by: run.row.fairnessKey), -run.row.id))
        }
        for (run, _) in order.sorted(by: { $0.rank < $1.rank }).prefix(excess) { release(run) }
    }

    /// Whether the run has nothing under way here: neither an activity, nor a write, nor an event.
    private func canLeave(_ run: HeldRun) -> Bool {
        run.isSettled
            && !run.openActivities.keys.contains { running[TaskKey(run: run.row.id, activityID: $0)] != nil }
    }

    private func release(_ run: HeldRun) {
        held[run.row.id] = nil
        run.decider?.evict()
        write(.release(run: run.row.id))
    }
}
