import Database

extension Migration {
    /// What operators need to look after jobs: a record of attempts, pauses, and what was cut off by reopening.
    ///
    /// - `activity_attempts`: attempts that did not complete; one that did is told by its event in the history.
    /// - `workflow_reopenings`: how each earlier end of a run came, and from where it went on.
    /// - `workflow_history_archive`: the entries that a reopening took out of the history.
    static func supervision(_ words: SchemaWords) -> [SQL] {
        attempts(words) + reopenings(words) + workers(words) + [
            "ALTER TABLE workflow_runs ADD COLUMN time_limit BIGINT",
            "ALTER TABLE workflow_runs ADD COLUMN paused_at BIGINT",
            "ALTER TABLE workflow_runs ADD COLUMN paused_by \(unsafe: words.key)",
            "ALTER TABLE workflow_runs ADD COLUMN pause_reason TEXT",
            "ALTER TABLE workflow_runs ADD COLUMN awaited_signals TEXT",
        ]
    }

    private static func attempts(_ words: SchemaWords) -> [SQL] {
        [
            "ALTER TABLE activity_tasks ADD COLUMN scheduled_at BIGINT",
            "ALTER TABLE activity_tasks ADD COLUMN started_at BIGINT",
            "ALTER TABLE activity_tasks ADD COLUMN attempt_limit INTEGER",
            """
            CREATE TABLE activity_attempts (
                id \(unsafe: words.serial), run BIGINT NOT NULL, activity_id \(unsafe: words.key) NOT NULL,
                attempt INTEGER NOT NULL, worker \(unsafe: words.key), scheduled_at BIGINT, started_at BIGINT,
                ended_at BIGINT NOT NULL, outcome \(unsafe: words.key) NOT NULL, failure TEXT)
            """,
            words.index("activity_attempts_run", on: "activity_attempts (run)"),
        ]
    }

    private static func reopenings(_ words: SchemaWords) -> [SQL] {
        [
            """
            CREATE TABLE workflow_reopenings (
                run BIGINT NOT NULL, number INTEGER NOT NULL, reopened_at BIGINT NOT NULL, cut INTEGER NOT NULL,
                status \(unsafe: words.key) NOT NULL, failure TEXT, closed_at BIGINT,
                PRIMARY KEY (run, number))\(unsafe: words.clustered)
            """,
            """
            CREATE TABLE workflow_history_archive (
                run BIGINT NOT NULL, reopening INTEGER NOT NULL, sequence INTEGER NOT NULL,
                recorded_at BIGINT NOT NULL, kind \(unsafe: words.key) NOT NULL,
                subject \(unsafe: words.key) NOT NULL, name \(unsafe: words.key), payload \(unsafe: words.bytes),
                detail TEXT, PRIMARY KEY (run, reopening, sequence))\(unsafe: words.clustered)
            """,
        ]
    }

    private static func workers(_ words: SchemaWords) -> [SQL] {
        [
            "ALTER TABLE worker_sessions ADD COLUMN label \(unsafe: words.key)",
            "ALTER TABLE worker_sessions ADD COLUMN queues TEXT",
            "ALTER TABLE worker_sessions ADD COLUMN started_at BIGINT",
        ]
    }
}
