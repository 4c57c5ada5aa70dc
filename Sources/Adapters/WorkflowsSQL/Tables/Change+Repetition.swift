import Database

extension Change {
    /// Whether an earlier try wrote it although its answer was lost.
    ///
    /// Only for changes of a session that is still good: then nobody else can have written what is found.
    func wasApplied(for session: String, on connection: any SQLConnection) throws -> Bool {
        switch self {
        case .turn(let turn): return try turn.wasApplied(for: session, on: connection)
        case .retry(let key, let token, _, _, _, _):
            // Nothing else leads from this lease to a wait for the next attempt, or for the job to be resumed.
            return try connection.first(
                "SELECT run FROM activity_tasks WHERE \(run: key) AND token = \(token + 1) AND state IN (1, 5)") != nil
        // These change nothing when they are repeated, or are refused: their lease has ended.
        case .relay, .handBack, .parkTask, .heartbeat, .release, .leave, .park, .clearLoss: return false
        }
    }
}

extension Turn {
    fileprivate func wasApplied(for session: String, on connection: any SQLConnection) throws -> Bool {
        // A run leaves its holder's hands with its last turn alone.
        let held = try connection.first("SELECT id FROM workflow_runs WHERE id = \(run) AND session = \(session)")
        guard held != nil, !entries.isEmpty else { return held == nil }
        return try connection.first(
            "SELECT run FROM workflow_history WHERE run = \(run) AND sequence = \(firstSequence)") != nil
    }
}
