import Database
import Workflows

// The rows and statements of a turn that need no answer from the database.
extension Turn {
    var historyValues: [SQLValue] {
        var values: [SQLValue] = []
        values.reserveCapacity(entries.count * 8)
        for (index, entry) in entries.enumerated() {
            values += [
                run.sqlValue, (firstSequence + index).sqlValue, time.sqlValue, entry.kind.sqlValue,
                entry.subject.sqlValue, entry.name.sqlValue, entry.payload.sqlValue, entry.detail.sqlValue,
            ]
        }
        return values
    }

    func taskValues(for session: String) -> [SQLValue] {
        newTasks.flatMap { task -> [SQLValue] in
            let command = task.command
            let state = task.isLeased ? TaskState.running : task.isPaused ? .paused : .queued
            return [
                run.sqlValue, command.id.sqlValue, command.name.sqlValue, command.options.taskQueue.rawValue.sqlValue,
                priority.sqlValue, fairnessKey.sqlValue, task.sequence.sqlValue, state.rawValue.sqlValue,
                task.expiresAt.sqlValue,
                (task.isLeased ? 1 : 0).sqlValue, 1.sqlValue, (task.isLeased ? session : nil).sqlValue,
                task.options.sqlValue, time.sqlValue, (task.isLeased ? time : nil).sqlValue,
            ]
        }
    }

    var timerValues: [SQLValue] {
        newTimers.flatMap { [run.sqlValue, $0.id.sqlValue, $0.dueAt.sqlValue] }
    }

    /// What this turn alone changes.
    func changes() throws -> [SQL] {
        if let closing { return try closingChanges(closing) }
        var changes: [SQL] = []
        for id in cancelledTimers {
            changes.append("DELETE FROM workflow_timers WHERE run = \(run) AND timer_id = \(id)")
        }
        if let progress {
            changes.append(
                "UPDATE workflow_runs SET step = \(progress.step), progress = \(progress.progress) WHERE id = \(run)")
        }
        if clearsLoss { changes.append("UPDATE workflow_runs SET lost = 0 WHERE id = \(run)") }
        return changes
    }

    private func closingChanges(_ closing: Closing) throws -> [SQL] {
        let percent = closing.status == .completed ? 100 : progress?.progress
        var changes: [SQL] = [
            """
            UPDATE workflow_runs SET state = 4, session = NULL, status = \(closing.status.rawValue),
                result = \(closing.result?.bytes), failure = \(try closing.failure.map { try JSONText.encode($0) }),
                closed_at = \(time), deadline_at = NULL, problem = NULL,
                step = COALESCE(\(progress?.step), step), progress = COALESCE(\(percent), progress)
            WHERE id = \(run)
            """
        ]
        if hasOpenTasks {
            changes.append(try AttemptRecord.insertionOfRunning(of: .run(run), as: .cancelled, at: time))
            changes.append("DELETE FROM activity_tasks WHERE run = \(run)")
        }
        if hasOpenTimers { changes.append("DELETE FROM workflow_timers WHERE run = \(run)") }
        return changes
    }
}
