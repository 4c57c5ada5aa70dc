import AtelierTesting
import Concurrency
import Database
import DatabaseSQLite
import Observability
import Testing
import Workflows

@testable import WorkflowsSQL

/// What an operator relies on: stopping, backlog, retention, logs and metrics.
@Suite(.timeLimit(.minutes(1))) struct `Operating the embedded engine` {
    @Test func `a stop lets running activities finish and begins nothing new`() async throws {
        try await withWorkflowDatabase { database, _ in
            let bed = EmbeddedBed(database)
            let (running, shutdown, goOn, journal) = (ShutdownSignal(), ShutdownSignal(), ShutdownSignal(), Journal())
            let worker = bed.makeWorker(
                .errands { input, _ in
                    journal.write(input)
                    running.trigger()
                    await goOn.wait()
                    return input
                }, queues: [.default: 1])
            for id in ["a", "b"] { try await bed.engine.start(RunErrand.self, id: WorkflowID(id), input: id) }
            async let end: Void = worker.run(until: shutdown)
            await running.wait()
            shutdown.trigger()
            goOn.trigger()
            try await end
            #expect(journal.lines == ["a"])
            #expect(try await bed.engine.describe("a")?.status == .completed)
            #expect(try await bed.engine.describe("b")?.status == .running)
        }
    }

    @Test func `what does not finish in its grace is handed back, and the attempt does not count`() async throws {
        try await withWorkflowDatabase { database, _ in
            let limits = WorkerLimits(stopGrace: .milliseconds(1), cancelGrace: .seconds(30))
            let bed = EmbeddedBed(database, limits: limits)
            let (running, shutdown) = (ShutdownSignal(), ShutdownSignal())
            let worker = bed.makeWorker(
                .errands { _, _ in
                    running.trigger()
                    await untilCancelled()
                    throw CancellationError()
                })
            try await bed.engine.start(RunErrand.self, id: "slow", input: "x")
            async let end: Void = worker.run(until: shutdown)
            await running.wait()
            shutdown.trigger()
            try await end
            let pending = try #require(try await bed.engine.describe("slow")?.pendingActivities.first)
            #expect(pending.state == .queued)
            #expect(pending.attempt == 0)
            try await bed.withWorker(.errands { _, activity in "attempt \(activity.attempt)" }, queues: [.default: 1]) {
                let output = try await bed.engine.result(of: RunErrand.self, id: "slow")
                #expect(output == "attempt 1")
            }
        }
    }

    @Test func `a long queue is served in its order with a bounded number in memory`() async throws {
        try await withWorkflowDatabase { database, _ in
            let bed = EmbeddedBed(database, limits: WorkerLimits(runsInMemory: 16))
            try await database.write { connection in
                try connection.execute(
                    """
                    WITH RECURSIVE counter (number) AS (
                        SELECT 1 UNION ALL SELECT number + 1 FROM counter WHERE number < 20000)
                    INSERT INTO workflow_runs (
                        workflow_id, run_id, workflow, input, priority, state, status, started_at)
                    SELECT 'w' || number, 'r' || number, 'RunErrand', '"' || number || '"', 3, 0, 'running', number
                    FROM counter
                    """)
            }
            let (journal, enough) = (Journal(), ShutdownSignal())
            let errands = WorkflowRegistry.errands { input, _ in
                if journal.write(input) == 100 { enough.trigger() }
                return input
            }
            try await bed.withWorker(errands, queues: [.default: 1]) {
                await enough.wait()
                let held = try await database.read {
                    try $0.first("SELECT COUNT(*) AS count FROM workflow_runs WHERE state = 1")?.integer("count")
                }
                #expect(try #require(held) <= 16)
            }
            #expect(journal.lines.prefix(100) == (1...100).map { String($0) }[...])
        }
    }

    @Test func `claims read an index of what waits, and sort nothing`() async throws {
        try await withWorkflowDatabase { database, _ in
            let claims = [
                "SELECT MIN(t.priority) AS priority FROM workflow_runs t WHERE t.state = 0 AND t.priority > 1",
                """
                SELECT t.fairness_key FROM workflow_runs t
                WHERE t.state = 0 AND t.priority = 3 AND t.fairness_key > 'a' ORDER BY t.fairness_key LIMIT 1
                """,
                """
                SELECT id FROM workflow_runs
                WHERE state = 0 AND priority = 3 AND fairness_key = 'a' ORDER BY id LIMIT 64
                """,
                """
                SELECT MIN(t.priority) AS priority FROM activity_tasks t
                WHERE t.state = 0 AND t.queue = 'q' AND t.priority > 1
                """,
                """
                SELECT t.fairness_key FROM activity_tasks t WHERE t.state = 0 AND t.queue = 'q' AND t.priority = 3
                    AND t.fairness_key > 'a' AND t.fairness_key < 'b' ORDER BY t.fairness_key LIMIT 1
                """,
                """
                SELECT run, activity_id FROM activity_tasks
                WHERE state = 0 AND queue = 'q' AND priority = 3 AND fairness_key = 'a' ORDER BY run LIMIT 4
                """,
                "SELECT MIN(available_at) AS due FROM activity_tasks WHERE state = 1",
                "SELECT MIN(due_at) AS due FROM workflow_timers",
                "SELECT MIN(deadline_at) AS due FROM workflow_runs WHERE deadline_at IS NOT NULL",
                "SELECT id FROM workflow_runs WHERE state = 4 AND closed_at < 5 ORDER BY closed_at LIMIT 100",
            ]
            for claim in claims {
                let plan = try await database.read { connection in
                    try connection.query("EXPLAIN QUERY PLAN \(unsafe: claim)").map { try $0.text("detail") }
                }
                #expect(plan.allSatisfy { $0.contains("INDEX") }, "\(claim): \(plan)")
                #expect(!plan.contains { $0.contains("TEMP B-TREE") }, "\(claim): \(plan)")
            }
        }
    }

    @Test func `workflows that ended long ago are removed, and no others`() async throws {
        try await withWorkflowDatabase { database, _ in
            let clock = ManualClock()
            let bed = EmbeddedBed(database, clock: clock)
            try await bed.withWorker(.errands { input, _ in input }, queues: [.default: 2]) {
                try await bed.engine.start(RunErrand.self, id: "old", input: "x")
                _ = try await bed.engine.result(of: RunErrand.self, id: "old")
                clock.advance(by: .seconds(20 * 86_400))
                try await bed.engine.start(RunErrand.self, id: "young", input: "x")
                _ = try await bed.engine.result(of: RunErrand.self, id: "young")
                clock.advance(by: .seconds(20 * 86_400))
            }
            try await bed.engine.start(RunErrand.self, id: "open", input: "x")
            let retention = WorkflowRetention(engine: bed.embedded, keep: .seconds(30 * 86_400))
            #expect(try await retention.sweep() == 1)
            #expect(try await bed.engine.list(WorkflowFilter()).workflows.map(\.id) == ["open", "young"])
            let histories = try await database.read { try $0.query("SELECT DISTINCT run FROM workflow_history").count }
            #expect(histories == 1)
        }
    }

    @Test func `every line of an activity carries its request and its job`() async throws {
        final class Lines: LogSink {
            let lines = Locked<[LogLine]>([])
            func write(_ line: LogLine) { lines.withLock { $0.append(line) } }
        }
        try await withWorkflowDatabase { database, _ in
            let sink = Lines()
            let logger = Logger(label: "studio", sink: sink)
            let bed = EmbeddedBed(database)
            try await bed.withWorker(
                .errands { input, _ in
                    logger.info("at work")
                    return input
                }, queues: [.default: 1]
            ) {
                let options = StartOptions(logContext: ["request_id": "r-7"])
                try await bed.engine.start(RunErrand.self, id: "job-1", input: "x", options: options)
                _ = try await bed.engine.result(of: RunErrand.self, id: "job-1")
            }
            let fields = try #require(sink.lines.withLock { $0.first?.fields })
            #expect(fields["request_id"] == .text("r-7"))
            #expect(fields["job_id"] == .text("job-1"))
            #expect(fields["attempt"] == .integer(1))
        }
    }

    @Test func `metrics tell outcomes, times and failures`() async throws {
        try await withWorkflowDatabase { database, _ in
            let metrics = Metrics()
            let bed = EmbeddedBed(database)
            let shutdown = ShutdownSignal()
            let worker = bed.makeWorker(
                .errands { input, _ in throw Errand.Failure(kind: "broken", isRetryable: false) }, metrics: metrics)
            async let end: Void = worker.run(until: shutdown)
            try await bed.engine.start(RunErrand.self, id: "bad", input: "x")
            _ = try await bed.engine.waitForClose(of: "bad")
            shutdown.trigger()
            try await end
            let failures = metrics.counter(
                "atelier_activity_failures_total", help: "", labels: ["activity": "Errand", "kind": "broken"])
            #expect(failures.value == 1)
            let seconds = metrics.histogram(
                "atelier_activity_seconds", help: "", labels: ["activity": "Errand", "outcome": "failed"])
            #expect(seconds.snapshot.count == 1)
            let workflows = metrics.counter(
                "atelier_workflows_total", help: "", labels: ["workflow": "RunErrand", "outcome": "failed"])
            #expect(workflows.value == 1)
        }
    }

    @Test(arguments: ["", " ", "a b", "a/b", "../a", "a\u{0}b", "ünder", "а", String(repeating: "x", count: 201)])
    func `an id that is no id is refused`(_ text: String) {
        #expect(WorkflowID(rawValue: text) == nil)
        #expect(throws: InvalidWorkflowID()) { try WorkflowID(text) }
    }
}
