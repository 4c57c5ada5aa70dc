public import Settings

/// How jobs are carried out.
public enum WorkflowSettings {
    /// By which engine.
    public static let engine = Setting(
        "ATELIER_ENGINE", .choice(["embedded", "temporal"]), default: "embedded",
        meaning: "Who keeps the workflows: embedded, on DATABASE_URL; or temporal, on a Temporal cluster.")

    /// How many activities at once.
    public static let concurrency = Setting(
        "ATELIER_WORKER_CONCURRENCY", .integer(in: 0...1024), default: 0,
        meaning: "Activities at once in each task queue of a worker; 0 for four a core.")

    /// How many crashes a step may be in.
    public static let crashLimit = Setting(
        "ATELIER_CRASH_LIMIT", .integer(in: 1...1000), default: 10,
        meaning: "How often the program may die in one step of a job before that is parked.")

    /// How long finished ones are kept.
    public static let retention = Setting(
        "ATELIER_WORKFLOW_RETENTION", .duration(in: .seconds(3600)...(.seconds(3650 * 24 * 3600))),
        default: .seconds(30 * 24 * 3600),
        meaning: "How long the histories of finished jobs and the files they needed on their way are kept.")

    /// All of them.
    public static let all: [any SettingDeclaration] = [engine, concurrency, crashLimit, retention]
}
