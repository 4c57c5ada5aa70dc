import Database

extension History {
    /// The entries of `run` as they are recorded, from sequence 1 on.
    static func records(of run: Int, on connection: any SQLConnection) throws -> [RecordedEntry] {
        try connection.query(
            "SELECT kind, subject, name, payload, detail FROM workflow_history WHERE run = \(run) ORDER BY sequence"
        ).map { try RecordedEntry($0) }
    }
}

extension Inbox {
    /// What waits for `run`, oldest first.
    static func records(of run: Int, on connection: any SQLConnection) throws -> [RecordedEntry] {
        try connection.query(
            "SELECT kind, subject, payload, detail FROM workflow_inbox WHERE run = \(run) ORDER BY id"
        ).map { try RecordedEntry($0) }
    }
}
