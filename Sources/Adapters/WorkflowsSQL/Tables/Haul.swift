import Database
import Workflows

/// What one look at the database brings a worker: one transaction for all of it.
struct Haul: Sendable {
    /// What the worker has room for.
    struct Request: Sendable {
        var session: String
        var now: Int
        /// Until when the session is to be good, when it is time to say so again.
        var extendsUntil: Int?
        var freeRuns: Int
        /// Who may come in when nothing is free.
        var shares: MemoryShares?
        var freeSlots: [(queue: TaskQueue, count: Int)]
        var takesSuspectRun: Bool
        var takesSuspectTask: Bool
        /// Whether something is due, or it is time to look for what others left.
        var isSweep: Bool
        /// Whose turn it is.
        var turns: TurnOrder
        var rules: QueueRules
    }

    var runs: [ClaimedRun] = []
    var tasks: [ClaimedTask] = []
    var inbox: [Inbox.Row] = []
    /// Leased activities that are to be cancelled, whoever asked for it.
    var cancelled: [TaskKey] = []
    /// When to look again; only of a sweep.
    var nextDue: Int?
    /// Whose turn it is afterwards.
    var turns: TurnOrder
    /// The queues' rules, by which it was taken.
    var rules: QueueRules
    /// When a queue whose rate is used up may go on, from now.
    var wait: Duration?

    static func take(_ request: Request, on connection: any SQLConnection) throws -> Haul {
        let session = request.session
        if let expiry = request.extendsUntil { try Sessions.extend(session, until: expiry, on: connection) }
        var haul = Haul(turns: request.turns, rules: request.rules)
        let revision = try Sessions.check(session, on: connection)
        if revision != haul.rules.revision { haul.rules = try QueueRules.read(at: revision, on: connection) }
        if request.isSweep { try DueWork.fire(at: request.now, on: connection) }
        if request.freeRuns > 0 {
            haul.runs = try ClaimedRun.claim(request.freeRuns, for: session, &haul.turns, on: connection)
            if request.takesSuspectRun { haul.runs += try ClaimedRun.claimSuspect(for: session, on: connection) }
        }
        if let shares = request.shares {
            haul.runs += try ClaimedRun.claimGuests(by: shares, for: session, haul.turns, on: connection)
        }
        try haul.takeTasks(request, on: connection)
        haul.inbox = try Inbox.waiting(for: session, on: connection)
        haul.cancelled = try connection.query(
            "SELECT run, activity_id FROM activity_tasks WHERE cancel_requested = 1 AND session = \(session)"
        ).map { TaskKey(run: try $0.integer("run"), activityID: try $0.text("activity_id")) }
        if request.isSweep { haul.nextDue = try DueWork.next(on: connection) }
        return haul
    }

    private mutating func takeTasks(_ request: Request, on connection: any SQLConnection) throws {
        var takesSuspect = request.takesSuspectTask
        for (queue, count) in request.freeSlots {
            var allowance = try Allowance(count, of: queue, under: rules, at: request.now, on: connection)
            var taken = try ClaimedTask.claim(
                allowance.count, of: queue, for: request.session, at: request.now, &turns, on: connection)
            if takesSuspect, taken.count < allowance.count {
                let suspect = try ClaimedTask.claimSuspect(
                    of: queue, for: request.session, at: request.now, on: connection)
                if let suspect { taken.append(suspect) }
                takesSuspect = suspect == nil
            }
            try allowance.spend(taken.count, on: connection)
            tasks += taken
            // Only for somebody who waits: an empty queue needs no alarm.
            if let pause = allowance.wait, allowance.count == 0,
                try Backlog.activities(queue).firstPriority(after: .min, on: connection) != nil
            {
                wait = min(wait ?? pause, pause)
            }
        }
    }
}
