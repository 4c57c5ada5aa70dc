import Workflows

/// How many activities of each queue run here, and how many more may.
struct SlotTable: Sendable {
    private struct Slots {
        let limit: Int
        var busy = 0
        /// Promised to a claim that is under way.
        var reserved = 0
        /// Activities on their way into the database, to wait there.
        var queueing = 0
        /// Whether activities may wait in the database for a slot.
        var mayHaveBacklog = true
    }
    private var queues: [TaskQueue: Slots]
    private let order: [TaskQueue]
    private var isClosed = false

    init(_ limits: [TaskQueue: Int]) {
        queues = limits.mapValues { Slots(limit: max(1, $0)) }
        order = limits.keys.sorted { $0.rawValue < $1.rawValue }
    }

    func serves(_ queue: TaskQueue) -> Bool { queues[queue] != nil }
    var usage: [(queue: TaskQueue, busy: Int, limit: Int)] {
        order.compactMap { queue in queues[queue].map { (queue, $0.busy, $0.limit) } }
    }

    /// Whether a slot of some queue is free and nothing is known to wait for it.
    var hasIdle: Bool {
        queues.values.contains { $0.busy + $0.reserved < $0.limit && $0.queueing == 0 && !$0.mayHaveBacklog }
    }

    /// Takes a slot for an activity that is being scheduled now, unless others have waited longer; else it must wait.
    mutating func takeAtOnce(_ queue: TaskQueue) -> Bool {
        guard let slots = queues[queue] else { return false }
        let hasFreeSlot = slots.busy + slots.reserved < slots.limit
        guard !isClosed, hasFreeSlot, slots.queueing == 0, !slots.mayHaveBacklog else {
            queues[queue]?.queueing += 1
            return false
        }
        queues[queue]?.busy += 1
        return true
    }

    /// Reserves every free slot for a claim; queues without a backlog are left out.
    mutating func reserveForClaim() -> [(queue: TaskQueue, count: Int)] {
        if isClosed { return [] }
        return order.compactMap { queue in
            guard let slots = queues[queue], slots.mayHaveBacklog else { return nil }
            let free = slots.limit - slots.busy - slots.reserved
            guard free > 0 else { return nil }
            queues[queue]?.reserved += free
            // Cleared before the look, so that what is added during it sets the mark again.
            queues[queue]?.mayHaveBacklog = false
            return (queue, free)
        }
    }

    /// Turns a reservation into what the claim brought.
    mutating func settle(_ reservation: [(queue: TaskQueue, count: Int)], claimed: [TaskQueue: Int]) {
        for (queue, count) in reservation {
            let taken = claimed[queue] ?? 0
            queues[queue]?.reserved -= count
            queues[queue]?.busy += taken
            if taken >= count { queues[queue]?.mayHaveBacklog = true }
        }
    }

    /// An activity that had to wait is in the database now, or will never be.
    mutating func endQueueing(_ queue: TaskQueue) {
        queues[queue]?.queueing -= 1
        noteBacklog(queue)
    }

    /// Gives out no slot from now on.
    mutating func close() { isClosed = true }

    mutating func release(_ queue: TaskQueue) { queues[queue]?.busy -= 1 }
    mutating func noteBacklog(_ queue: TaskQueue) { queues[queue]?.mayHaveBacklog = true }
    mutating func noteBacklogEverywhere() { for queue in order { noteBacklog(queue) } }
    func mayHaveBacklog(_ queue: TaskQueue) -> Bool { queues[queue]?.mayHaveBacklog ?? false }
}
