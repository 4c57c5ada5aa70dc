import AtelierTesting
import Concurrency
import Database
import Testing
import Workflows

@testable import WorkflowsSQL

/// An event that arrives in the moment in which a run leaves memory must find somebody who looks for it.
@Suite struct `An event for a run that is let go of` {
    @Test(.timeLimit(.minutes(5)), arguments: TestDatabase.ofMySQL, [true, false])
    func `makes it ready, although neither transaction sees the other`(
        on kind: TestDatabase, _ leavesProgram: Bool
    ) async throws {
        try await kind.with(Migration.workflows) { database in
            let run = try await Self.heldRun(on: database)
            let (posted, letGo) = (ShutdownSignal(), ThreadGate())
            let connection = Locked<Int?>(nil)

            async let event: Void = database.write { transaction in
                try Inbox.post(.timerFired(id: "t"), to: run, on: transaction)
                posted.trigger()
                letGo.wait()
            }
            await posted.wait()
            async let leaving: Void = database.write { transaction in
                let id = try transaction.first("SELECT CONNECTION_ID() AS id")?.integer("id")
                connection.withLock { $0 = id }
                if leavesProgram {
                    try Sessions.close("s", at: 1, on: transaction)
                } else {
                    try Change.apply([.release(run: run)], for: "s", on: transaction)
                }
            }
            try await Self.untilWaiting(connection, on: database)
            letGo.open()
            try await event
            try await leaving

            let state = try await database.read { try $0.first("SELECT state FROM workflow_runs")?.integer("state") }
            #expect(state == RunState.ready.rawValue)
        }
    }

    private static func heldRun(on database: any Database) async throws -> Int {
        try await database.write { connection in
            let admission = RunAdmission(
                workflowID: "w", runID: RunID(rawValue: "r"), workflow: "W", input: Payload(bytes: [1]), startedAt: 0)
            _ = try admission.insert(on: connection)
            try connection.execute("UPDATE workflow_runs SET state = 1, session = 's'")
            let id = try connection.first("SELECT id FROM workflow_runs")?.integer("id") ?? 0
            // It has begun, so that it would be idle but for the event.
            try connection.execute(
                """
                INSERT INTO workflow_history (run, sequence, recorded_at, kind, subject)
                VALUES (\(id), 1, 0, 'startTimer', 't')
                """)
            return id
        }
    }

    /// Waits until the other transaction waits for a lock; a fault ends it without, in at most two seconds.
    private static func untilWaiting(_ connection: borrowing Locked<Int?>, on database: any Database) async throws {
        for _ in 1...200 {
            let id = connection.withLock { $0 } ?? 0
            let waits = try await database.read { transaction in
                try transaction.first(
                    """
                    SELECT COUNT(*) AS waits FROM information_schema.innodb_trx
                    WHERE trx_mysql_thread_id = \(id) AND trx_state = 'LOCK WAIT'
                    """)?.integer("waits") == 1
            }
            if waits { return }
            try await Task.sleep(for: .milliseconds(10))
        }
    }
}
