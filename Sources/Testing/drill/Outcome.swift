import Database
import FoundationEssentials

/// What came out of a queue.
struct Outcome: CustomStringConvertible {
    let admitted: Int
    let finished: Int
    let failed: Int
    let open: Int
    let completedTwice: Int
    let attempts: Int
    let effects: Int

    init(_ database: any Database, _ folder: Folder) async throws {
        let counts = try await database.read { connection in
            try connection.query(
                """
                SELECT COUNT(*) AS number FROM workflow_runs
                UNION ALL SELECT COUNT(*) FROM workflow_runs WHERE status = 'completed'
                UNION ALL SELECT COUNT(*) FROM workflow_runs WHERE state = 4 AND status <> 'completed'
                UNION ALL SELECT COUNT(*) FROM workflow_runs WHERE state <> 4
                UNION ALL SELECT COUNT(*) FROM (
                    SELECT run FROM workflow_history WHERE kind = 'activityCompleted' GROUP BY run, subject
                    HAVING COUNT(*) > 1)
                """
            ).map { try $0.integer("number") }
        }
        (admitted, finished, failed, open, completedTwice) = (counts[0], counts[1], counts[2], counts[3], counts[4])
        let text = try String(contentsOfFile: folder.path + "/effects", encoding: .utf8)
        let lines = text.split(separator: "\n")
        attempts = lines.count
        effects = Set(lines.compactMap { $0.split(separator: " ").first }).count
    }

    /// Whether `count` jobs went in and came out, each once.
    func isTotal(_ count: Int) -> Bool {
        admitted == count && finished + failed == count && open == 0 && completedTwice == 0 && effects == count
    }

    var description: String {
        """
        enqueued \(admitted) = finished \(finished) + failed \(failed); open \(open), ended twice \(completedTwice), \
        effects repeated by kills \(attempts - effects)
        """
    }
}
