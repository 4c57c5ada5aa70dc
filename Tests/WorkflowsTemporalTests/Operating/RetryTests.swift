import AtelierTesting
import Concurrency
import Database
import Testing
import Workflows

@testable import WorkflowsTemporal

@Suite(.temporalServer, .timeLimit(.minutes(1))) struct `A retry on Temporal` {
    @Test func `goes on where the job failed, and repeats nothing that was done`() async throws {
        try await withTemporal { bed in
            let world = Neighbourhood(broken: ["east"])
            let keys = Locked<[String]>([])
            let chores = WorkflowRegistry.chores { input, activity in
                if input == "east" { keys.withLock { $0.append(activity.idempotencyKey) } }
                return try world.visit(input)
            }
            try await bed.withWorker(chores, queues: [.default: 4]) {
                try await bed.engine.start(RunChores.self, id: "job", input: "north,south,east,west")
                #expect(try await bed.engine.waitForClose(of: "job")?.status == .failed)
                world.repair()

                let outcome = try await bed.temporal.retry("job")

                #expect(outcome == .done("It goes on; 2 finished steps are kept."))
                let output = try await bed.engine.result(of: RunChores.self, id: "job")
                #expect(output == ["north", "south", "east", "west"])
                #expect(world.finished == ["north", "south", "east", "west"])
                #expect(keys.withLock { $0.count } == 2)
                #expect(Set(keys.withLock { $0 }).count == 1)
            }
            let job = try await bed.engine.describe("job")
            #expect(job?.reopenings == 1)
            let entries = try #require(try await bed.temporal.timeline(of: "job")).entries
            #expect(entries.count { $0.kind == .reopened } == 1)
            #expect(entries.contains { $0.isUndone && $0.text == "The job ended as failed: east is out of reach." })
            #expect(entries.contains { $0.isUndone && $0.attempt?.failure?.kind == "broken" })
            #expect(entries.last?.text == "The job ended as completed")
        }
    }

    @Test func `from a named activity does everything after it once more`() async throws {
        try await withTemporal { bed in
            let world = Neighbourhood(broken: ["east"])
            try await bed.withWorker(.chores { input, _ in try world.visit(input) }, queues: [.default: 4]) {
                try await bed.engine.start(RunChores.self, id: "job", input: "north,south,east")
                _ = try await bed.engine.waitForClose(of: "job")
                world.repair()

                let refused = try await bed.temporal.retry("job", from: "Chore-9")
                let outcome = try await bed.temporal.retry("job", from: "Chore-2")

                #expect(refused == .refused("Its history holds no end of the activity Chore-9."))
                #expect(outcome == .done("It goes on; 1 finished step is kept."))
                _ = try await bed.engine.result(of: RunChores.self, id: "job")
                #expect(world.finished == ["north", "south", "south", "east"])
            }
        }
    }

    @Test func `as often as it takes`() async throws {
        try await withTemporal { bed in
            let world = Neighbourhood(broken: ["east"])
            try await bed.withWorker(.chores { input, _ in try world.visit(input) }, queues: [.default: 4]) {
                try await bed.engine.start(RunChores.self, id: "job", input: "north,east")
                for _ in 1...3 {
                    #expect(try await bed.engine.waitForClose(of: "job")?.status == .failed)
                    let outcome = try await bed.temporal.retry("job")
                    #expect(outcome == .done("It goes on; 1 finished step is kept."))
                }
                #expect(try await bed.engine.waitForClose(of: "job")?.status == .failed)
                world.repair()
                _ = try await bed.temporal.retry("job")
                _ = try await bed.engine.result(of: RunChores.self, id: "job")
            }
            #expect(world.finished == ["north", "east"])
            let entries = try #require(try await bed.temporal.timeline(of: "job")).entries
            #expect(entries.count { $0.kind == .reopened } == 4)
            #expect(entries.count { $0.kind == .ended } == 5)
        }
    }

    @Test func `tells the job's own record in the same transaction, which may refuse`() async throws {
        try await withTemporal { bed in
            let world = Neighbourhood(broken: ["north"])
            let told = Locked<[WorkflowStatus]>([])
            bed.temporal.whenReopened { job, _ in
                if told.withLock({ $0.isEmpty }) {
                    told.withLock { $0.append(job.status) }
                    throw ReopeningRefused("Its pictures are gone.")
                }
                told.withLock { $0.append(job.status) }
            }
            try await bed.withWorker(.chores { input, _ in try world.visit(input) }, queues: [.default: 4]) {
                try await bed.engine.start(RunChores.self, id: "job", input: "north")
                _ = try await bed.engine.waitForClose(of: "job")

                let refused = try await bed.temporal.retry("job")
                #expect(refused == .refused("Its pictures are gone."))
                #expect(try await bed.engine.describe("job")?.status == .failed)

                world.repair()
                _ = try await bed.temporal.retry("job")
                _ = try await bed.engine.result(of: RunChores.self, id: "job")
            }
            #expect(told.withLock { $0 } == [.running, .running])
        }
    }

    @Test func `survives a program that dies before Temporal was told, and one that dies just after`() async throws {
        try await withTemporal { bed in
            let world = Neighbourhood(broken: ["east"])
            let chores = WorkflowRegistry.chores { input, _ in try world.visit(input) }
            try await bed.withWorker(chores, queues: [.default: 4]) {
                try await bed.engine.start(RunChores.self, id: "job", input: "north,east")
                _ = try await bed.engine.waitForClose(of: "job")
            }
            world.repair()
            // No dispatcher runs: the reset is on disk only.
            let outcome = try await bed.temporal.retry("job")
            #expect(outcome == .done("It goes on; 1 finished step is kept."))
            #expect(try await bed.engine.describe("job")?.status == .running)
            // One that told the server and died before it noted that.
            let row = try #require(
                try await bed.temporal.database.read { try $0.first("SELECT request FROM temporal_outbox") })
            let request = try row.blob("request")
            let first: WireNothing = try await bed.temporal.cluster.once(
                "ResetWorkflowExecution", request, timeout: .seconds(10))
            _ = first

            try await bed.withWorker(chores, queues: [.default: 4]) {
                let output = try await bed.engine.result(of: RunChores.self, id: "job")
                #expect(output == ["north", "east"])
            }
            #expect(world.finished == ["north", "east"])
        }
    }

    @Test func `starts a child anew that had failed, and refuses the child itself`() async throws {
        try await withTemporal { bed in
            let world = Neighbourhood(broken: ["slow"])
            try await bed.withWorker(.chores { input, _ in try world.visit(input) }, queues: [.default: 4]) {
                try await bed.engine.start(Wait.self, id: "job", input: "child")
                #expect(try await bed.engine.waitForClose(of: "job")?.status == .failed)
                world.repair()
                let started = try #require(try await bed.temporal.timeline(of: "job")).entries
                    .first { $0.text.hasPrefix("The child ") && $0.text.contains(" was started as ") }
                let child = try #require(started?.text.split(separator: " ").last)

                let refused = try await bed.temporal.retry(WorkflowID(recorded: String(child)))
                let outcome = try await bed.temporal.retry("job")

                #expect(refused == .refused("It is a child of job; retry that one."))
                guard case .done = outcome else { throw Chore.Failure(message: "\(outcome)") }
                let output = try await bed.engine.result(of: Wait.self, id: "job")
                #expect(output == "slow")
            }
        }
    }

    @Test func `lets a waiting attempt begin now`() async throws {
        try await withTemporal { bed in
            let attempts = Locked(0)
            let chores = WorkflowRegistry.chores { input, _ in
                if attempts.withLock({
                    $0 += 1; return $0
                }) == 1 {
                    throw Chore.Failure(kind: "busy", isRetryable: true, message: "HTTP 502.")
                }
                return input
            }
            try await bed.withWorker(chores, queues: [.default: 1]) {
                try await bed.engine.start(RunChores.self, id: "job", input: "north")
                _ = try await until({ try await bed.engine.describe("job") }) {
                    $0.pendingActivities.first?.state == .backoff
                }

                let outcome = try await bed.temporal.retry("job")

                #expect(outcome == .done("1 waiting attempt begins now."))
                let output = try await bed.engine.result(of: RunChores.self, id: "job")
                #expect(output == ["north"])
            }
            let again = try await bed.temporal.retry("job")
            #expect(again == .refused("It completed; there is nothing to retry."))
            let unknown = try await bed.temporal.retry("nobody")
            #expect(unknown == .notFound)
        }
    }
}
