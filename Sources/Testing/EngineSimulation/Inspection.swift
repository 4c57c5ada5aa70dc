import Database
import DatabaseSQLite
import FoundationEssentials
import Workflows
import WorkflowsSQL

/// Looks at what is in the tables when everything has ended.
struct Inspection {
    let world: World
    let scenario: Scenario
    let clients: [Client]

    func run() {
        do {
            try world.store.transaction(commits: false) { connection in
                try checkLeftovers(connection)
                try checkHistories(connection)
                try checkAdmissions(connection)
                for row in try Self.runs(connection) { try checkRun(row, connection) }
            }
        } catch {
            world.violate("the tables cannot be read: \(error)")
        }
    }

    /// Sessions whose process is gone.
    func deadSessions() -> [String] {
        let rows = try? world.store.transaction(commits: false) { connection in
            try connection.query("SELECT id, process FROM worker_sessions ORDER BY id")
                .map { (try $0.text("id"), try $0.text("process")) }
        }
        // Tables that cannot be read are told of at the end.
        return (rows ?? []).filter { !world.living.contains($0.1) }.map(\.0)
    }

    /// Tells what has not ended, for somebody who asks why.
    func describeOpenWork() {
        do {
            try world.store.transaction(commits: false) { connection in
                for statement: SQL in [
                    "SELECT workflow_id, state, session, lost, problem FROM workflow_runs WHERE state <> 4",
                    "SELECT run, activity_id, state, session, attempt, available_at FROM activity_tasks",
                    "SELECT run, timer_id, due_at FROM workflow_timers",
                    "SELECT run, kind, subject FROM workflow_inbox",
                    "SELECT id, expires_at FROM worker_sessions",
                ] {
                    for row in try connection.query(statement) { world.violate("open: \(Self.words(row))") }
                }
            }
        } catch {
            world.violate("the tables cannot be read: \(error)")
        }
    }

    private static func words(_ row: SQLRow) -> String {
        zip(row.columns, row.values).map { column, value in
            switch value {
            case .null: "\(column) -"
            case .integer(let number): "\(column) \(number)"
            case .real(let number): "\(column) \(number)"
            case .text(let text): "\(column) \(text)"
            case .blob: "\(column) (bytes)"
            }
        }.joined(separator: ", ")
    }

    private func checkLeftovers(_ connection: any SQLConnection) throws {
        let statements: [SQL] = [
            "SELECT workflow_id AS what FROM workflow_runs WHERE state <> 4 OR status = 'running'",
            "SELECT 'activity ' || run || '/' || activity_id AS what FROM activity_tasks",
            "SELECT 'timer ' || run || '/' || timer_id AS what FROM workflow_timers",
            "SELECT 'session ' || id AS what FROM worker_sessions",
        ]
        for statement in statements {
            for row in try connection.query(statement) {
                world.violate("left over at the end: \(try row.text("what"))")
            }
        }
    }

    /// Nothing begins, ends or is asked for twice.
    private func checkHistories(_ connection: any SQLConnection) throws {
        let rows = try connection.query(
            """
            SELECT run, kind, subject, COUNT(*) AS times FROM workflow_history
            WHERE kind NOT IN ('signalled', 'cancelRequested') GROUP BY run, kind, subject HAVING COUNT(*) > 1
            """)
        for row in rows {
            world.violate(
                "run \(try row.integer("run")) has \(try row.text("kind")) \(try row.text("subject")) \(try row.integer("times")) times"
            )
        }
    }

    /// What was acknowledged is there, as it was ordered; what was refused is not.
    private func checkAdmissions(_ connection: any SQLConnection) throws {
        for client in clients {
            let row = try connection.first(
                "SELECT input FROM workflow_runs WHERE workflow_id = \(client.job.id.rawValue)")
            let plan = try row.map { try Payload(bytes: try $0.blob("input")).decode(as: Int.self) }
            let rivals = clients.filter { $0.job.id == client.job.id }
            switch client.admission {
            case .started where plan != client.plan:
                world.violate(
                    "\(client.job.id) was acknowledged with plan \(client.plan) and is \(plan.map(String.init) ?? "missing")"
                )
            case .existed where plan == nil: world.violate("\(client.job.id) was said to exist and does not")
            case .refused where plan != nil && rivals.allSatisfy({ $0.admission == .refused }):
                world.violate("\(client.job.id) was refused and is there")
            default: break
            }
        }
    }
}

// One run.
extension Inspection {
    private struct Run {
        let number: Int
        let id: WorkflowID
        let status: WorkflowStatus
        let isChild: Bool
        let plan: Int
        let start: HistoryEntry
        let result: Payload?
        let problem: String
        let progress: Int
    }

    private static func runs(_ connection: any SQLConnection) throws -> [Run] {
        try connection.query(
            """
            SELECT id, workflow_id, status, parent, input, started_at, result, failure, progress FROM workflow_runs
            WHERE state = 4 ORDER BY id
            """
        ).map { row in
            let input = Payload(bytes: try row.blob("input"))
            let time = Date(timeIntervalSince1970: Double(try row.integer("started_at")) / 1_000_000)
            let result: Payload? = if case .null = row["result"] { nil } else { Payload(bytes: try row.blob("result")) }
            return Run(
                number: try row.integer("id"), id: WorkflowID(recorded: try row.text("workflow_id")),
                status: WorkflowStatus(rawValue: try row.text("status")) ?? .running,
                isChild: try row.optionalInteger("parent") != nil, plan: try input.decode(),
                start: HistoryEntry(time: time, content: .event(.started(input: input))), result: result,
                problem: try row.optionalText("failure") ?? "", progress: try row.integer("progress"))
        }
    }

    private func checkRun(_ run: Run, _ connection: any SQLConnection) throws {
        let jobs = scenario.jobs.filter { $0.id == run.id }
        let wasAskedToCancel = clients.contains { $0.job.id == run.id && $0.hasAskedToCancel }
        switch run.status {
        case .completed:
            let output = try (run.result ?? .empty).decode(as: [String].self)
            if let problem = Expectation.problem(with: output, of: run.plan, in: scenario) {
                world.violate("the output of \(run.id) \(problem): \(output)")
            }
            if run.progress != 100 { world.violate("\(run.id) is complete at \(run.progress) percent") }
        case .cancelled where wasAskedToCancel || run.isChild: break
        case .timedOut where jobs.contains { $0.options.workflowTimeout != nil }: break
        default: world.violate("\(run.id) ended as \(run.status): \(run.problem)")
        }
        try checkReplay(run, connection)
    }

    /// The history alone leads to the same end, in the code that ran it.
    private func checkReplay(_ run: Run, _ connection: any SQLConnection) throws {
        let history = [run.start] + (try History.entries(of: run.number, on: connection))
        var problem = replayProblem(run, history, RegisteredWorkflow(OldPlan.self))
        if problem != nil, scenario.upgradeAt != nil {
            problem = replayProblem(run, history, RegisteredWorkflow(NewPlan.self))
        }
        if let problem { world.violate("\(run.id) is \(run.status), its history \(problem)") }
    }

    private func replayProblem(_ run: Run, _ history: [HistoryEntry], _ definition: RegisteredWorkflow) -> String? {
        let decider = Decider(definition, workflowID: run.id, runID: RunID(rawValue: "replay"))
        defer { decider.evict() }
        do { try decider.replay(history) } catch { return "does not replay: \(error)" }
        let isSame =
            switch (run.status, decider.outcome) {
            case (.completed, .completed(let result)): result == run.result
            case (.cancelled, .cancelled), (.timedOut, .timedOut), (.failed, .failed): true
            default: false
            }
        return isSame ? nil : "ends as \(String(describing: decider.outcome))"
    }
}
