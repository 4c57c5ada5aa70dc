import Database

extension Migration {
    /// What many processes and many owners need to share one database: limits, turns, and a record of every attempt.
    static let sharing = Migration(component: "workflows", version: 2) { dialect in
        let words = SchemaWords(dialect)
        return fairness(words) + limits(words) + supervision(words)
    }

    /// Owners take turns within a priority, so the owner leads the order in which work is claimed.
    private static func fairness(_ words: SchemaWords) -> [SQL] {
        [
            "ALTER TABLE workflow_runs ADD COLUMN fairness_key \(unsafe: words.key) NOT NULL DEFAULT ''",
            "UPDATE workflow_runs SET fairness_key = owner WHERE owner IS NOT NULL",
            "ALTER TABLE workflow_runs ADD COLUMN reopened INTEGER NOT NULL DEFAULT 0",
            words.dropIndex("workflow_runs_ready", on: "workflow_runs"),
            words.index(
                "workflow_runs_ready", on: "workflow_runs (priority, fairness_key, id)", where: "state = 0"),
            "ALTER TABLE activity_tasks ADD COLUMN fairness_key \(unsafe: words.key) NOT NULL DEFAULT ''",
            """
            UPDATE activity_tasks SET fairness_key = (
                SELECT r.fairness_key FROM workflow_runs r WHERE r.id = activity_tasks.run)
            """,
            words.dropIndex("activity_tasks_queued", on: "activity_tasks"),
            words.index(
                "activity_tasks_queued", on: "activity_tasks (queue, priority, fairness_key, run)", where: "state = 0"),
            words.index("activity_tasks_running", on: "activity_tasks (queue)", where: "state = 2"),
        ]
    }

    private static func limits(_ words: SchemaWords) -> [SQL] {
        [
            """
            CREATE TABLE task_queues (
                name \(unsafe: words.key) NOT NULL PRIMARY KEY, concurrency_limit INTEGER,
                rate_limit \(unsafe: words.real), tokens \(unsafe: words.real), refilled_at BIGINT,
                paused_at BIGINT, pause_reason TEXT)
            """,
            """
            CREATE TABLE owner_weights (
                fairness_key \(unsafe: words.key) NOT NULL PRIMARY KEY, weight INTEGER NOT NULL)
            """,
        ]
    }
}
