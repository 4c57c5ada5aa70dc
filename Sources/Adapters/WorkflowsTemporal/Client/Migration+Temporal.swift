public import Database

extension Migration {
    /// The tables of the Temporal engine, in the product's own database.
    ///
    /// - `temporal_workflows`: one row for each workflow that was admitted here, so that admission, idempotency and lists
    ///   are one transaction with the studio's rows; its end is noted when it is known.
    /// - `temporal_outbox`: what the server has yet to be told, in order.
    /// - `temporal_queues`: what operators set for task queues; `temporal_sessions`: workers, with their leases;
    ///   `temporal_permits`: the places of queues with a limit that workers hold.
    ///
    /// Times are microseconds since 1970.
    public static let temporal = [
        Migration(component: "temporal", version: 1) { dialect in
            let words = SchemaWords(dialect)
            return [
                """
                CREATE TABLE temporal_workflows (
                    id \(unsafe: words.serial), workflow_id \(unsafe: words.key) NOT NULL UNIQUE,
                    workflow \(unsafe: words.key) NOT NULL, owner \(unsafe: words.key), memo TEXT,
                    status \(unsafe: words.key) NOT NULL, step TEXT, progress INTEGER NOT NULL DEFAULT 0,
                    result \(unsafe: words.bytes), failure TEXT, is_dispatched INTEGER NOT NULL DEFAULT 0,
                    started_at BIGINT NOT NULL, closed_at BIGINT, reopenings INTEGER NOT NULL DEFAULT 0,
                    reopened_run \(unsafe: words.key))
                """,
                "CREATE INDEX temporal_workflows_status ON temporal_workflows (status, id)",
                """
                CREATE TABLE temporal_outbox (
                    id \(unsafe: words.serial), workflow_id \(unsafe: words.key) NOT NULL,
                    kind \(unsafe: words.key) NOT NULL, request \(unsafe: words.bytes) NOT NULL,
                    claimed_until BIGINT NOT NULL DEFAULT 0, refusals INTEGER NOT NULL DEFAULT 0, last_refusal TEXT)
                """,
                "CREATE INDEX temporal_outbox_workflow ON temporal_outbox (workflow_id, id)",
                """
                CREATE TABLE temporal_queues (
                    name \(unsafe: words.key) NOT NULL PRIMARY KEY, concurrency_limit INTEGER,
                    rate_limit \(unsafe: words.real), paused_at BIGINT, pause_reason TEXT)
                """,
                """
                CREATE TABLE temporal_sessions (
                    id \(unsafe: words.key) NOT NULL PRIMARY KEY, label \(unsafe: words.key), expires_at BIGINT NOT NULL,
                    rules_revision INTEGER NOT NULL DEFAULT 0, rules_heeded INTEGER NOT NULL DEFAULT 0,
                    queues TEXT NOT NULL, running TEXT NOT NULL)
                """,
                """
                CREATE TABLE temporal_permits (
                    id \(unsafe: words.key) NOT NULL PRIMARY KEY, queue \(unsafe: words.key) NOT NULL,
                    session \(unsafe: words.key) NOT NULL)
                """,
                "CREATE INDEX temporal_permits_queue ON temporal_permits (queue)",
            ]
        }
    ]
}
