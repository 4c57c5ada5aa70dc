import Database
import DatabaseSQLite
import Workflows

/// Looks over the shoulder of one attempt: whether it may run, and how many run beside it.
struct AttemptWatch {
    let process: SimulatedProcess
    let activity: ActivityContext
    let step: Step
    private var world: World { process.world }
    private var name: String { "\(activity.workflowID)/\(activity.activityID)" }
    private var queue: String { activity.taskQueue.rawValue }

    func begin(limit: Int) {
        world.note(.attempt, process: process.number, number: activity.attempt, "\(name) attempt \(activity.attempt)")
        world.deeds[name, default: World.Deed()].begun += 1
        process.busy[queue, default: 0] += 1
        if process.busy[queue, default: 0] > limit {
            world.violate("p\(process.number) runs more than \(limit) activities of \(queue) at once")
        }
        if case .exhausting(let most) = step.nature, activity.attempt > most {
            world.violate("\(name) begins attempt \(activity.attempt) of at most \(most)")
        }
        // One that was told to stop before it began is on its way out.
        if !Task.isCancelled, process.isAlive { checkLease() }
    }

    func end() {
        process.busy[queue, default: 0] -= 1
        world.note(
            .attemptEnded, process: process.number, number: activity.attempt, "\(name) attempt \(activity.attempt)")
    }

    /// - Parameter ticket: Is known to be on disk.
    func keep(_ ticket: Int) {
        world.note(.heartbeat, process: process.number, number: ticket, "\(name) left ticket \(ticket)")
        world.deeds[name, default: World.Deed()].keptTicket = ticket
    }

    /// An attempt is given what those before it left; tickets are numbered like the attempts that leave them.
    func expectTicket() {
        guard let kept = world.deeds[name]?.keptTicket, kept < activity.attempt else { return }
        let given = activity.lastHeartbeat(as: Int.self)
        if (given ?? 0) < kept { world.violate("\(name) was given ticket \(given ?? 0), and \(kept) was on disk") }
    }

    /// An attempt begins only under the newest lease, unless its whole session was ended without its knowledge.
    private func checkLease() {
        do {
            try world.store.transaction(commits: false) { connection in
                let sessions = try connection.query(
                    "SELECT id FROM worker_sessions WHERE id LIKE \(process.prefix + "%")")
                guard !sessions.isEmpty else { return }
                let row = try connection.first(
                    """
                    SELECT r.state AS run_state, t.state, t.session, t.attempt FROM workflow_runs r
                    LEFT JOIN activity_tasks t ON t.run = r.id AND t.activity_id = \(activity.activityID)
                    WHERE r.workflow_id = \(activity.workflowID.rawValue)
                    """)
                if let problem = try row.map(problem) ?? "without its workflow" {
                    world.violate("\(name) attempt \(activity.attempt) began in p\(process.number) \(problem)")
                }
            }
        } catch {
            world.violate("the lease of \(name) cannot be read: \(error)")
        }
    }

    private func problem(_ row: SQLRow) throws -> String? {
        if try row.integer("run_state") == 4 { return nil }
        guard let state = try row.optionalInteger("state") else { return "although it had ended" }
        let session = try row.optionalText("session") ?? ""
        let attempt = try row.integer("attempt")
        guard state == 2, session.hasPrefix(process.prefix), attempt == activity.attempt else {
            return "without its lease: state \(state), session \(session), attempt \(attempt)"
        }
        return nil
    }
}
