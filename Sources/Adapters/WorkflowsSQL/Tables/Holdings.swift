import Database
import Workflows

/// What the database says that a session holds.
struct Holdings: Sendable {
    struct Task: Sendable {
        let key: TaskKey
        let token: Int
    }
    let runs: [Int]
    let tasks: [Task]

    init(of session: String, on connection: any SQLConnection) throws {
        runs = try connection.query(
            "SELECT id FROM workflow_runs WHERE state = 1 AND session = \(session)"
        ).map { try $0.integer("id") }
        tasks = try connection.query(
            "SELECT run, activity_id, token FROM activity_tasks WHERE state = 2 AND session = \(session)"
        ).map { row in
            Task(
                key: TaskKey(run: try row.integer("run"), activityID: try row.text("activity_id")),
                token: try row.integer("token"))
        }
    }
}
