import Concurrency
import Database
import WorkflowsSQL

/// How long one claim takes while so many jobs wait.
struct BacklogBench {
    private static let rounds = 25
    let scratch: ScratchDatabase
    /// Ascending.
    let sizes: [Int]

    func run() async throws -> BacklogResult {
        try await scratch.database.write { connection in try PendingJobs.insertFirst(on: connection) }
        var count = 1
        var claims: [BacklogResult.Claims] = []
        for size in sizes {
            while count < size {
                let added = min(count, size - count)
                try await scratch.database.write { [count] connection in
                    try PendingJobs.double(count, adding: added, on: connection)
                }
                count += added
            }
            claims.append(try await measure(size))
        }
        return BacklogResult(claims: claims)
    }

    private func measure(_ size: Int) async throws -> BacklogResult.Claims {
        var (runs, activities): ([Double], [Double]) = ([], [])
        for _ in 0..<Self.rounds {
            let times = try await scratch.database.write { connection in try ClaimProbe.measure(on: connection) }
            runs.append(times.runs.seconds)
            activities.append(times.activities.seconds)
        }
        return BacklogResult.Claims(
            pending: size, runsMilliseconds: Quantiles(runs).milliseconds(0.5),
            activitiesMilliseconds: Quantiles(activities).milliseconds(0.5))
    }
}

/// Jobs that wait, made in bulk: each with a run and an activity that nobody has taken, of a hundred owners.
private enum PendingJobs {
    static func insertFirst(on connection: any SQLConnection) throws {
        try connection.execute(
            """
            INSERT INTO workflow_runs (
                workflow_id, run_id, workflow, input, owner, fairness_key, priority, state, status, started_at)
            VALUES ('pending-0', 'run', \(NineSteps.name), \(Array("1".utf8)), 'owner-0', 'owner-0', 3, 0, 'running', 0)
            """)
        try insertActivities(after: 0, on: connection)
    }

    /// Adds `added` copies of the `count` jobs there are.
    static func double(_ count: Int, adding added: Int, on connection: any SQLConnection) throws {
        let last = try connection.first("SELECT MAX(id) AS last FROM workflow_runs")?.integer("last") ?? 0
        let (name, owner) =
            connection.dialect == .mysql
            ? ("CONCAT('pending-', id + \(last))", "CONCAT('owner-', id % 100)")
            : ("'pending-' || (id + \(last))", "'owner-' || (id % 100)")
        try connection.execute(
            """
            INSERT INTO workflow_runs (
                workflow_id, run_id, workflow, input, owner, fairness_key, priority, state, status, started_at)
            SELECT \(unsafe: name), 'run', workflow, input, \(unsafe: owner), \(unsafe: owner), priority, 0, 'running', 0
            FROM workflow_runs ORDER BY id LIMIT \(added)
            """)
        try insertActivities(after: last, on: connection)
    }

    private static func insertActivities(after run: Int, on connection: any SQLConnection) throws {
        try connection.execute(
            """
            INSERT INTO workflow_history (run, sequence, recorded_at, kind, subject, name, payload)
            SELECT id, 1, 0, 'scheduleActivity', 'Step-1', \(NoOperation.name), input FROM workflow_runs WHERE id > \(run)
            """)
        try connection.execute(
            """
            INSERT INTO activity_tasks (
                run, activity_id, name, queue, priority, fairness_key, sequence, state, attempt, token)
            SELECT id, 'Step-1', \(NoOperation.name), 'default', priority, fairness_key, 1, 0, 0, 1
            FROM workflow_runs WHERE id > \(run)
            """)
    }
}

/// What a claim took, by how many jobs waited.
struct BacklogResult: Encodable {
    struct Claims: Encodable {
        let pending: Int
        let runsMilliseconds: Double
        let activitiesMilliseconds: Double

        enum CodingKeys: String, CodingKey {
            case pending
            case runsMilliseconds = "runs_ms"
            case activitiesMilliseconds = "activities_ms"
        }
    }
    let claims: [Claims]

    var summary: String {
        claims.map { claim in
            "\(claim.pending) jobs pending: \(ClaimProbe.count) runs are claimed in \(rounded(claim.runsMilliseconds)) ms, "
                + "\(ClaimProbe.count) activities in \(rounded(claim.activitiesMilliseconds)) ms"
        }.joined(separator: "\n")
    }
}
