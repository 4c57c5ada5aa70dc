import Database

/// Whether a commit is on the disk before it is acknowledged.
enum Durability {
    /// - Returns: The database's own settings that say so.
    /// - Throws: ``LoadFault`` when they do not: then nothing that is measured counts.
    static func check(_ database: any Database) async throws -> String {
        let settings = try await database.write { connection in
            switch connection.dialect {
            case .sqlite:
                // 2 is FULL: the write-ahead log is flushed with every commit.
                let level = try connection.first("PRAGMA synchronous")?.integer("synchronous") ?? 0
                return [("synchronous", level == 2 ? "FULL" : "off")]
            case .postgresql:
                return try ["fsync", "synchronous_commit"].map { name in
                    let row = try connection.first("SELECT current_setting(\(name)) AS value")
                    return (name, try row?.text("value") ?? "off")
                }
            case .mysql:
                let row = try connection.first("SELECT @@innodb_flush_log_at_trx_commit AS level")
                let level = try row?.integer("level") ?? 0
                return [("innodb_flush_log_at_trx_commit", level == 1 ? "1" : "off")]
            }
        }
        let text = settings.map { "\($0.0)=\($0.1)" }.joined(separator: ", ")
        guard !settings.contains(where: { $0.1 == "off" }) else {
            throw LoadFault.broken("the database does not flush what it commits: \(text)")
        }
        return text
    }
}
