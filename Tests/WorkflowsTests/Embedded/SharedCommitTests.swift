import AtelierTesting
import Concurrency
import Database
import Testing
import Workflows
import WorkflowsSQL

@Suite struct `Turns that share a commit` {
    @Test(.timeLimit(.minutes(2)), arguments: TestDatabase.available)
    func `are all written but for the one whose lease is gone`(on kind: TestDatabase) async throws {
        let (runs, taken) = (24, "errand-11")
        let gate = ShutdownSignal()
        let (journal, again) = (Journal(), Journal())
        try await withWorkflowDatabase(on: kind) { database in
            let bed = EmbeddedBed(database)
            let registry = WorkflowRegistry.errands { input, activity in
                (activity.attempt == 1 ? journal : again).write(input)
                await gate.wait()
                return "\(input) by attempt \(activity.attempt)"
            }
            try await bed.withWorker(registry, queues: [.default: 64]) {
                for number in 0..<runs {
                    try await bed.engine.start(RunErrand.self, id: WorkflowID("errand-\(number)"), input: "\(number)")
                }
                while journal.lines.count < runs { try await pause() }
                // As if another process had taken it over: a newer token, and the activity waits again.
                try await database.write { connection in
                    try connection.execute(
                        """
                        UPDATE activity_tasks SET token = token + 1, state = 0, session = NULL
                        WHERE run = (SELECT id FROM workflow_runs WHERE workflow_id = \(taken))
                        """)
                }
                gate.trigger()

                for number in 0..<runs {
                    let id = try WorkflowID("errand-\(number)")
                    let attempt = id.rawValue == taken ? 2 : 1
                    #expect(
                        try await bed.engine.result(of: RunErrand.self, id: id) == "\(number) by attempt \(attempt)")
                }
                #expect(again.lines == ["11"])
            }
        }
    }
}
