public import Database

extension Migration {
    /// The tables of the Temporal engine, in the product's own database.
    ///
    /// - `temporal_workflows`: one row for each workflow that was admitted here, so that admission, idempotency and lists
    ///   are one transaction with the studio's rows; its end is noted when it is known.
    /// - `temporal_outbox`: what the server has yet to be told, in order.
    ///
    /// Times are microseconds since 1970.
    public static let temporal = [
        Migration(component: "temporal", version: 1) { dialect in
            let (serial, key, bytes): (String, String, String) =
                switch dialect {
                case .sqlite: ("INTEGER PRIMARY KEY AUTOINCREMENT", "TEXT", "BLOB")
                case .postgresql: ("BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "TEXT", "BYTEA")
                case .mysql:
                    (
                        "BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY", "VARCHAR(255) COLLATE utf8mb4_bin", "LONGBLOB"
                    )
                }
            return [
                """
                CREATE TABLE temporal_workflows (
                    id \(unsafe: serial), workflow_id \(unsafe: key) NOT NULL UNIQUE, workflow \(unsafe: key) NOT NULL,
                    owner \(unsafe: key), memo TEXT, status \(unsafe: key) NOT NULL, step TEXT,
                    progress INTEGER NOT NULL DEFAULT 0, result \(unsafe: bytes), failure TEXT,
                    is_dispatched INTEGER NOT NULL DEFAULT 0, started_at BIGINT NOT NULL, closed_at BIGINT)
                """,
                "CREATE INDEX temporal_workflows_status ON temporal_workflows (status, id)",
                """
                CREATE TABLE temporal_outbox (
                    id \(unsafe: serial), workflow_id \(unsafe: key) NOT NULL, kind \(unsafe: key) NOT NULL,
                    request \(unsafe: bytes) NOT NULL, claimed_until BIGINT NOT NULL DEFAULT 0,
                    refusals INTEGER NOT NULL DEFAULT 0, last_refusal TEXT)
                """,
                "CREATE INDEX temporal_outbox_workflow ON temporal_outbox (workflow_id, id)",
            ]
        }
    ]
}
