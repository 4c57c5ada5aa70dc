public import Database

extension Migration {
    /// The tables of the embedded engine.
    ///
    /// - `workflow_runs`: one row for each workflow; the input is its first event.
    /// - `workflow_history`: events and commands after that, one row each, in order.
    /// - `activity_tasks`, `workflow_timers`: what is open; rows go when it ends, so both stay as small as the work in hand.
    /// - `workflow_inbox`: events for a run that another transaction or process left for whoever holds it.
    /// - `worker_sessions`: the processes that hold leases.
    /// - `task_queues`, `owner_weights`: what holds over all processes; a queue or owner without a row has no limit.
    /// - `activity_attempts`, `workflow_reopenings`, `workflow_history_archive`: what else the timeline tells.
    ///
    /// Times are microseconds since 1970. The indexes cover only rows that something waits for, so what a claim costs
    /// does not grow with the backlog or with what is finished.
    public static let workflows = [
        Migration(component: "workflows", version: 1) { dialect in
            let words = SchemaWords(dialect)
            return runs(words) + history(words) + tasks(words) + timers(words) + inbox(words) + sessions(words)
        },
        sharing,
    ]

    private static func runs(_ words: SchemaWords) -> [SQL] {
        [
            """
            CREATE TABLE workflow_runs (
                id \(unsafe: words.serial), workflow_id \(unsafe: words.key) NOT NULL UNIQUE,
                run_id \(unsafe: words.key) NOT NULL, workflow \(unsafe: words.key) NOT NULL,
                input \(unsafe: words.bytes) NOT NULL, owner \(unsafe: words.key), priority INTEGER NOT NULL,
                memo TEXT, log_context TEXT, parent BIGINT, parent_child \(unsafe: words.key),
                state INTEGER NOT NULL, session \(unsafe: words.key), was_held INTEGER NOT NULL DEFAULT 0,
                lost INTEGER NOT NULL DEFAULT 0, status \(unsafe: words.key) NOT NULL, step TEXT,
                progress INTEGER NOT NULL DEFAULT 0, result \(unsafe: words.bytes), failure TEXT, problem TEXT,
                started_at BIGINT NOT NULL, closed_at BIGINT, deadline_at BIGINT)
            """,
            words.index("workflow_runs_ready", on: "workflow_runs (priority, id)", where: "state = 0"),
            words.index("workflow_runs_suspect", on: "workflow_runs (id)", where: "state = 5"),
            words.index("workflow_runs_held", on: "workflow_runs (session)", where: "state = 1"),
            words.index("workflow_runs_parked", on: "workflow_runs (id)", where: "state = 3"),
            words.index(
                "workflow_runs_deadline", on: "workflow_runs (deadline_at)", where: "deadline_at IS NOT NULL"),
            words.index("workflow_runs_closed", on: "workflow_runs (closed_at)", where: "state = 4"),
        ]
    }

    private static func history(_ words: SchemaWords) -> [SQL] {
        [
            """
            CREATE TABLE workflow_history (
                run BIGINT NOT NULL, sequence INTEGER NOT NULL, recorded_at BIGINT NOT NULL,
                kind \(unsafe: words.key) NOT NULL, subject \(unsafe: words.key) NOT NULL, name \(unsafe: words.key),
                payload \(unsafe: words.bytes), detail TEXT, PRIMARY KEY (run, sequence))\(unsafe: words.clustered)
            """
        ]
    }

    private static func tasks(_ words: SchemaWords) -> [SQL] {
        [
            """
            CREATE TABLE activity_tasks (
                run BIGINT NOT NULL, activity_id \(unsafe: words.key) NOT NULL, name \(unsafe: words.key) NOT NULL,
                queue \(unsafe: words.key) NOT NULL, priority INTEGER NOT NULL, sequence INTEGER NOT NULL,
                state INTEGER NOT NULL, available_at BIGINT, expires_at BIGINT, attempt INTEGER NOT NULL,
                lost INTEGER NOT NULL DEFAULT 0, token INTEGER NOT NULL, session \(unsafe: words.key),
                cancel_requested INTEGER NOT NULL DEFAULT 0, heartbeat \(unsafe: words.bytes), failure TEXT,
                options TEXT, PRIMARY KEY (run, activity_id))\(unsafe: words.clustered)
            """,
            words.index("activity_tasks_queued", on: "activity_tasks (queue, priority, run)", where: "state = 0"),
            words.index("activity_tasks_backoff", on: "activity_tasks (available_at)", where: "state = 1"),
            words.index("activity_tasks_suspect", on: "activity_tasks (queue, run)", where: "state = 3"),
            words.index("activity_tasks_expiring", on: "activity_tasks (expires_at)", where: "expires_at IS NOT NULL"),
            words.index("activity_tasks_cancelled", on: "activity_tasks (session)", where: "cancel_requested = 1"),
        ]
    }

    private static func timers(_ words: SchemaWords) -> [SQL] {
        [
            """
            CREATE TABLE workflow_timers (
                run BIGINT NOT NULL, timer_id \(unsafe: words.key) NOT NULL, due_at BIGINT NOT NULL,
                PRIMARY KEY (run, timer_id))\(unsafe: words.clustered)
            """,
            words.index("workflow_timers_due", on: "workflow_timers (due_at)"),
        ]
    }

    private static func inbox(_ words: SchemaWords) -> [SQL] {
        [
            """
            CREATE TABLE workflow_inbox (
                id \(unsafe: words.lastingSerial), run BIGINT NOT NULL, kind \(unsafe: words.key) NOT NULL,
                subject \(unsafe: words.key) NOT NULL, payload \(unsafe: words.bytes), detail TEXT)
            """,
            words.index("workflow_inbox_run", on: "workflow_inbox (run)"),
        ]
    }

    private static func sessions(_ words: SchemaWords) -> [SQL] {
        [
            """
            CREATE TABLE worker_sessions (
                id \(unsafe: words.key) NOT NULL PRIMARY KEY, host \(unsafe: words.key) NOT NULL,
                process \(unsafe: words.key) NOT NULL, expires_at BIGINT NOT NULL)
            """
        ]
    }
}
