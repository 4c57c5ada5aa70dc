import Concurrency
import Database
import FoundationEssentials
import Workflows

/// A worker as the others see it: a row of `temporal_sessions`.
struct WorkerSession: Sendable {
    /// Where it runs: `4711@host`.
    let label: String
    let queues: [TaskQueue]
    /// Activities that it runs.
    let running: [TaskQueue: Int]

    /// Those whose lease is not over.
    static func alive(at now: Int, on connection: any SQLConnection) throws -> [WorkerSession] {
        try connection.query(
            "SELECT label, queues, running FROM temporal_sessions WHERE expires_at >= \(now) ORDER BY id LIMIT 1000"
        ).map { row in
            let queues: [String] = try JSONText.decode(try row.text("queues"))
            let running: [String: Int] = try JSONText.decode(try row.text("running"))
            return WorkerSession(
                label: try row.text("label"), queues: queues.map { TaskQueue(rawValue: $0) },
                running: Dictionary(uniqueKeysWithValues: running.map { (TaskQueue(rawValue: $0.key), $0.value) }))
        }
    }
}
