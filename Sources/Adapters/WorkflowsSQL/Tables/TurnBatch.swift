import Database
import Workflows

/// Turns of several runs, written together: a few statements for all of them instead of several for each.
struct TurnBatch {
    /// One of several turns rests on a lease that is gone; written alone, each says whether it is that one.
    struct Refused: Error {}

    let turns: [Turn]
    let session: String

    /// - Throws: ``LeaseError/taskLost(run:activityID:)`` when an activity's lease was taken away meanwhile, or
    ///   ``Refused`` when there are several turns; nothing of them must remain then.
    func apply(on connection: any SQLConnection) throws {
        if turns.isEmpty { return }
        let ended = endedTasks(connection.dialect)
        let counts = try connection.execute(all: ended + records + turns.flatMap { try $0.changes() })
        try checkLeases(counts.prefix(ended.count))
        for turn in turns { try turn.follow(on: connection) }
    }

    private func endedTasks(_ dialect: SQLDialect) -> [SQL] {
        let values = turns.flatMap { turn in
            turn.endedTasks.flatMap { [turn.run.sqlValue, $0.activityID.sqlValue, $0.token.sqlValue] }
        }
        // Alone, its rows are counted one by one: whose lease is gone must be known then.
        return Self.endTasks(dialect).statements(values, atMost: turns.count == 1 ? 1 : .max)
    }

    private func checkLeases(_ deleted: some Collection<Int>) throws {
        guard deleted.reduce(0, +) != turns.reduce(0, { $0 + $1.endedTasks.count }) else { return }
        guard turns.count == 1, let turn = turns.first else { throw Refused() }
        for (task, count) in zip(turn.endedTasks, deleted) where count != 1 {
            throw LeaseError.taskLost(run: turn.run, activityID: task.activityID)
        }
    }

    /// What happened, what was decided, and the activities that follow from it.
    private var records: [SQL] {
        let open = turns.filter { $0.closing == nil }
        return Inbox.remove.statements(turns.flatMap { $0.consumedInbox.map(\.sqlValue) })
            + History.insert.statements(turns.flatMap(\.historyValues))
            + Self.insertTasks.statements(open.flatMap { $0.taskValues(for: session) })
            + Self.insertTimers.statements(open.flatMap(\.timerValues))
    }

    private static func endTasks(_ dialect: SQLDialect) -> RowStatement {
        switch dialect {
        case .sqlite: endTasksOfSQLite
        case .postgresql: endTasksOfPostgreSQL
        case .mysql: endTasksOfMySQL
        }
    }
    private static let endTasksOfSQLite = RowStatement(
        "DELETE FROM activity_tasks WHERE (run, activity_id, token) IN (VALUES ", row: "(?, ?, ?)", end: ")")
    // Values alone have no types there.
    private static let endTasksOfPostgreSQL = RowStatement(
        "DELETE FROM activity_tasks WHERE (run, activity_id, token) IN (VALUES ",
        row: "(CAST(? AS BIGINT), CAST(? AS TEXT), CAST(? AS INTEGER))", end: ")")
    private static let endTasksOfMySQL = RowStatement(
        "DELETE FROM activity_tasks WHERE (run, activity_id, token) IN (", row: "(?, ?, ?)", end: ")")

    private static let insertTasks = RowStatement(
        """
        INSERT INTO activity_tasks (
            run, activity_id, name, queue, priority, fairness_key, sequence, state, expires_at, attempt, token,
            session, options, scheduled_at, started_at)
        VALUES\u{20}
        """, row: "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
    private static let insertTimers = RowStatement(
        "INSERT INTO workflow_timers (run, timer_id, due_at) VALUES ", row: "(?, ?, ?)")
}
