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

    static func take(_ request: Request, on connection: any SQLConnection) throws -> Haul {
        let session = request.session
        if let expiry = request.extendsUntil {
            try Sessions.extend(session, until: expiry, on: connection)
        } else {
            try Sessions.check(session, on: connection)
        }
        var haul = Haul(turns: request.turns)
        if request.isSweep { try DueWork.fire(at: request.now, on: connection) }
        if request.freeRuns > 0 {
            haul.runs = try ClaimedRun.claim(request.freeRuns, for: session, &haul.turns, on: connection)
            if request.takesSuspectRun { haul.runs += try ClaimedRun.claimSuspect(for: session, on: connection) }
        }
        if let shares = request.shares {
            haul.runs += try ClaimedRun.claimGuests(by: shares, for: session, haul.turns, on: connection)
        }
        for (queue, count) in request.freeSlots {
            haul.tasks += try ClaimedTask.claim(
                count, of: queue, for: session, at: request.now, &haul.turns, on: connection)
        }
        if request.takesSuspectTask, let task = try suspectTask(request, haul, on: connection) {
            haul.tasks.append(task)
        }
        haul.inbox = try Inbox.waiting(for: session, on: connection)
        haul.cancelled = try connection.query(
            "SELECT run, activity_id FROM activity_tasks WHERE cancel_requested = 1 AND session = \(session)"
        ).map { TaskKey(run: try $0.integer("run"), activityID: try $0.text("activity_id")) }
        if request.isSweep { haul.nextDue = try DueWork.next(on: connection) }
        return haul
    }

    private static func suspectTask(
        _ request: Request, _ haul: Haul, on connection: any SQLConnection
    ) throws -> ClaimedTask? {
        for (queue, count) in request.freeSlots where haul.tasks.count(where: { $0.queue == queue }) < count {
            let task = try ClaimedTask.claimSuspect(
                of: queue, for: request.session, at: request.now, on: connection)
            if let task { return task }
        }
        return nil
    }
}
