import AtelierTesting
import Concurrency
import Database
import DatabaseSQLite
import Faults
import Testing
import Workflows
import WorkflowsSQL

@Suite(.timeLimit(.minutes(1))) struct `Retention of workflows` {
    /// Closed runs with long histories, attempts, inbox leftovers and reopenings.
    private func fill(_ database: SQLiteDatabase, runs: Int, entries: Int) async throws {
        try await database.write { connection in
            for run in 1...runs {
                try connection.execute(
                    """
                    INSERT INTO workflow_runs (id, workflow_id, run_id, workflow, input, priority, state, status,
                        started_at, closed_at)
                    VALUES (\(run), \("w\(run)"), \("r\(run)"), 'Gone', \([123, 125] as [UInt8]), 3, 4, 'completed', 1,
                        \(run))
                    """)
                for sequence in 1...entries {
                    try connection.execute(
                        """
                        INSERT INTO workflow_history (run, sequence, recorded_at, kind, subject)
                        VALUES (\(run), \(sequence), 1, 'timerFired', \("t\(sequence)"))
                        """)
                }
                for kind in ["a", "b"] {
                    try connection.execute(
                        "INSERT INTO workflow_inbox (run, kind, subject) VALUES (\(run), \(kind), '')")
                    try connection.execute(
                        """
                        INSERT INTO activity_attempts (run, activity_id, attempt, ended_at, outcome)
                        VALUES (\(run), \(kind), 1, 1, 'failed')
                        """)
                }
                try connection.execute(
                    """
                    INSERT INTO workflow_reopenings (run, number, reopened_at, cut, status)
                    VALUES (\(run), 1, 1, 1, 'failed')
                    """)
                try connection.execute(
                    """
                    INSERT INTO workflow_history_archive (run, reopening, sequence, recorded_at, kind, subject)
                    VALUES (\(run), 1, 1, 1, 'timerFired', '')
                    """)
            }
        }
    }

    private static let tables = [
        "workflow_history", "workflow_inbox", "activity_attempts", "workflow_reopenings", "workflow_history_archive",
        "workflow_runs",
    ]

    private func rows(_ database: SQLiteDatabase) async throws -> Int {
        try await database.read { connection in
            try Self.tables.reduce(0) { sum, table in
                sum + (try connection.first("SELECT COUNT(*) AS n FROM \(unsafe: table)")?.integer("n") ?? 0)
            }
        }
    }

    @Test func `removes little at a time, and lets others write in between`() async throws {
        try await withWorkflowDatabase { database, _ in
            try await fill(database, runs: 5, entries: 300)
            let clock = ManualClock()
            let engine = SQLWorkflowEngine(database: database, clock: clock)
            let retention = WorkflowRetention(
                engine: engine, keep: .seconds(1), pause: .milliseconds(20), rowsATransaction: 100)
            async let removed = retention.sweep()
            var (left, portions) = (try await rows(database), 0)
            while true {
                await clock.whenSomeoneSleeps()
                // It sleeps, so nobody holds the database: a stranger's write goes through at once.
                try await engine.start(RunErrand.self, id: WorkflowID("new-\(portions)"), input: "x")
                let now = try await rows(database) - portions - 1
                #expect(left - now <= 100)
                (left, portions) = (now, portions + 1)
                clock.advance(by: .milliseconds(20))
                if left == 0 { break }
            }
            #expect(try await removed == 5)
            #expect(portions >= 16)
        }
    }

    @Test func `goes on where it was stopped, whatever it was doing`() async throws {
        var number = 1
        var isStopped = true
        while isStopped {
            isStopped = try await withWorkflowDatabase { database, _ in
                try await fill(database, runs: 3, entries: 30)
                let faulty = FaultyDatabase(database) { [number] current, _ in
                    current < number ? .succeeds : current == number ? .failsAfter : .failsBefore
                }
                let forgotten = Journal()
                let first = WorkflowRetention(
                    engine: SQLWorkflowEngine(database: faulty), keep: .seconds(1), pause: .zero, rowsATransaction: 20
                ) { forgotten.write($0.id.rawValue) }
                var stopped = false
                do { try await first.sweep() } catch is DatabaseError { stopped = true }
                let second = WorkflowRetention(
                    engine: SQLWorkflowEngine(database: database), keep: .seconds(1), pause: .zero,
                    rowsATransaction: 20
                ) { forgotten.write($0.id.rawValue) }
                try await second.sweep()
                #expect(try await rows(database) == 0, "stopped at transaction \(number)")
                #expect(Set(forgotten.lines) == ["w1", "w2", "w3"])
                return stopped
            }
            number += 1
        }
        #expect(number > 5)
    }

    @Test func `keeps a workflow whose files cannot be removed, until they can`() async throws {
        struct Stuck: Error {}
        try await withWorkflowDatabase { database, _ in
            try await fill(database, runs: 3, entries: 3)
            let isStuck = Locked(true)
            let engine = SQLWorkflowEngine(database: database)
            let retention = WorkflowRetention(engine: engine, keep: .seconds(1), pause: .zero) { job in
                if job.id == "w2", isStuck.withLock({ $0 }) { throw Stuck() }
            }
            #expect(try await retention.sweep() == 2)
            #expect(try await engine.list(WorkflowFilter()).workflows.map(\.id) == ["w2"])
            let before = try await engine.requestCancel("w2", reason: "late")
            isStuck.withLock { $0 = false }
            #expect(try await retention.sweep() == 1)
            #expect(before == .alreadyClosed)
            #expect(try await rows(database) == 0)
        }
    }
}
