import Concurrency
import Database
import FoundationEssentials
import Workflows

/// Makes an ended run go on, in the caller's transaction.
///
/// Nobody holds an ended run, so nobody has to be kept from writing to it. Attempts of it that still run somewhere hold
/// old tokens: the new leases begin beyond every token that there was.
struct Reopener {
    let now: Int
    let hooks: [@Sendable (WorkflowDescription, any SQLConnection) throws -> Void]

    /// - Returns: How many finished activities and children were kept.
    /// - Throws: ``ReopeningRefused``; the transaction must not be committed then.
    @discardableResult
    func reopen(_ run: EndedRun, from activity: String? = nil, on connection: any SQLConnection) throws -> Int {
        let history = try History.records(of: run.id, on: connection)
        let unread = try Inbox.records(of: run.id, on: connection)
        let plan = try ReopeningPlan(
            history, unread: unread,
            ReopeningPoint(status: run.status, failure: run.failure, from: activity))
        try archive(run, from: plan.cut, on: connection)
        try begin(run, plan, on: connection)
        for child in plan.undoneChildren { try undo(child, of: run, on: connection) }
        for child in plan.children { try resume(child, of: run, on: connection) }
        try open(run, on: connection)
        // Last: what is told wakes the run, which must be open by then.
        for entry in plan.inbox {
            guard let event = try entry.event() else { continue }
            try Inbox.post(event, to: run.id, note: entry.note, on: connection)
        }
        try tell(run, on: connection)
        return (history.prefix(plan.cut - 1) + plan.inbox).count(where: \.isFinishedStep)
    }

    /// Moves what is taken back out of the way, where the timeline finds it.
    private func archive(_ run: EndedRun, from cut: Int, on connection: any SQLConnection) throws {
        let number = run.reopened + 1
        try connection.execute(
            """
            INSERT INTO workflow_history_archive (
                run, reopening, sequence, recorded_at, kind, subject, name, payload, detail)
            SELECT run, \(number), sequence, recorded_at, kind, subject, name, payload, detail
            FROM workflow_history WHERE run = \(run.id) AND sequence >= \(cut)
            """)
        try connection.execute("DELETE FROM workflow_history WHERE run = \(run.id) AND sequence >= \(cut)")
        try connection.execute(
            """
            INSERT INTO workflow_reopenings (run, number, reopened_at, cut, status, failure, closed_at)
            VALUES (
                \(run.id), \(number), \(now), \(cut), \(run.status.rawValue),
                \(try run.failure.map { try JSONText.encode($0) }), \(run.closedAt))
            """)
        for table in ["workflow_inbox", "activity_tasks", "workflow_timers"] {
            try connection.execute("DELETE FROM \(unsafe: table) WHERE run = \(run.id)")
        }
    }

    /// Sets going again what begins anew: activities with all their attempts, timers with their whole duration.
    ///
    /// An activity is given what its last attempt left: what a provider's ticket stands for is not ordered once more.
    private func begin(_ run: EndedRun, _ plan: ReopeningPlan, on connection: any SQLConnection) throws {
        let token = try firstToken(of: run, on: connection)
        for activity in plan.activities {
            let command = activity.command
            let options = try registeredOptions(command)
            let expiresAt = command.options.scheduleToClose.map { now + $0.microseconds }
            try connection.execute(
                """
                INSERT INTO activity_tasks (
                    run, activity_id, name, queue, priority, sequence, state, expires_at, attempt, token, options,
                    scheduled_at, heartbeat, fairness_key)
                SELECT \(run.id), \(command.id), \(command.name), \(command.options.taskQueue.rawValue),
                    \(run.urgency), \(activity.sequence), 0, \(expiresAt), 0, \(token), \(options), \(now),
                    (SELECT details FROM activity_details
                     WHERE run = \(run.id) AND activity_id = \(command.id)), fairness_key
                FROM workflow_runs WHERE id = \(run.id)
                """)
        }
        for timer in plan.timers {
            try connection.execute(
                """
                INSERT INTO workflow_timers (run, timer_id, due_at)
                VALUES (\(run.id), \(timer.id), \(now + max(0, timer.duration.microseconds)))
                """)
        }
    }

    private func registeredOptions(_ command: ActivityCommand) throws -> String? {
        command.overridesOptions ? try JSONText.encode(command.options) : nil
    }

    /// An attempt moves its activity's token by two at most, and each but the last has a row.
    private func firstToken(of run: EndedRun, on connection: any SQLConnection) throws -> Int {
        let row = try connection.first("SELECT COUNT(*) AS count FROM activity_attempts WHERE run = \(run.id)")
        return 2 * (try row?.integer("count") ?? 0) + 10 * (run.reopened + 1)
    }

    private func open(_ run: EndedRun, on connection: any SQLConnection) throws {
        try connection.execute(
            """
            UPDATE workflow_runs SET state = 0, status = 'running', session = NULL, lost = 0, was_held = 1,
                reopened = \(run.reopened + 1), result = NULL, failure = NULL, problem = NULL, closed_at = NULL,
                paused_at = NULL, priority = \(run.urgency), deadline_at = \(run.timeLimit.map { now + $0 })
            WHERE id = \(run.id)
            """)
    }

    private func tell(_ run: EndedRun, on connection: any SQLConnection) throws {
        guard !hooks.isEmpty, let job = try SQLWorkflowEngine.description(of: run.workflowID, on: connection) else {
            return
        }
        for hook in hooks { try hook(job, connection) }
    }
}

extension Reopener {
    /// Lets a child go on that had not completed; one whose record is gone begins anew.
    private func resume(_ child: ChildCommand, of parent: EndedRun, on connection: any SQLConnection) throws {
        guard let run = try EndedRun.find(child.workflowID, on: connection) else {
            let admission = RunAdmission(
                workflowID: child.workflowID, runID: RunID(rawValue: UUID().uuidString.lowercased()),
                workflow: child.name, input: child.input,
                options: StartOptions(
                    owner: parent.owner, priority: parent.urgency, logContext: parent.logContext),
                startedAt: now,
                parent: RunAdmission.Parent(run: parent.id, childID: child.id))
            _ = try admission.insert(on: connection)
            return
        }
        guard run.isClosed else {
            throw ReopeningRefused("Its child \(child.workflowID) is still being stopped; try again when it has ended.")
        }
        guard run.status != .completed else {
            // It ended well after its parent had, which nobody told the parent.
            let result = try connection.first("SELECT result FROM workflow_runs WHERE id = \(run.id)")
            let payload = try result.map { Payload(bytes: try $0.blob("result")) } ?? .empty
            return try Inbox.post(.childCompleted(id: child.id, result: payload), to: parent.id, on: connection)
        }
        try reopen(run, on: connection)
    }

    /// Makes room for a child that may be started once more: the old one keeps its record under another id.
    private func undo(_ child: ChildCommand, of parent: EndedRun, on connection: any SQLConnection) throws {
        guard let run = try EndedRun.find(child.workflowID, on: connection) else { return }
        guard run.isClosed else {
            throw ReopeningRefused("Its child \(child.workflowID) is still being stopped; try again when it has ended.")
        }
        let id = "\(child.workflowID)~\(parent.reopened + 1)"
        try connection.execute(
            "UPDATE workflow_runs SET workflow_id = \(id), parent = NULL WHERE id = \(run.id) AND parent = \(parent.id)"
        )
    }
}

extension EndedRun {
    /// The priority it goes on with; one that was ended in haste has lost its own.
    var urgency: Int { priority == 0 ? 3 : priority }
}

extension RecordedEntry {
    fileprivate var isFinishedStep: Bool { kind == "activityCompleted" || kind == "childCompleted" }
}
