import AtelierTesting
import Concurrency
import DatabaseSQLite
import Testing
import Workflows
import WorkflowsSQL

@Suite struct `A workflow's id` {
    /// Empty, blank, NUL, line ends, paths, look-alikes (Cyrillic, full-width, combining, joined), marks that turn the
    /// direction of writing, too long, huge.
    static let bad = [
        "", " ", "\t", "\u{0}", "job\u{0}", "job\n1", "a b", "/etc/passwd", "a/b", "a\\b", "job-\u{0430}",
        "\u{FF4A}ob", "jo\u{0301}b", "jo\u{200D}b", "job\u{200F}", "\u{202E}boj", "job\u{FEFF}", "j\u{F6}b", "job%00",
        "<script>", "job'--", String(repeating: "x", count: 201), String(repeating: "x", count: 10_000),
    ]

    @Test(arguments: bad) func `is refused when it could be taken for another, or for a path`(id: String) {
        #expect(WorkflowID(rawValue: id) == nil)
        #expect(throws: InvalidWorkflowID.self) { try WorkflowID(id) }
    }

    @Test(arguments: ["a", "campaign-7", "A.b_c:d~e", String(repeating: "x", count: 200)])
    func `is taken as it is otherwise`(id: String) throws {
        #expect(try WorkflowID(id).rawValue == id)
    }

    @Test(.timeLimit(.minutes(1))) func `started by many at once, also while it runs, names one workflow`() async throws
    {
        try await withWorkflowDatabase { database, _ in
            let bed = EmbeddedBed(database)
            let runs = Journal()
            let goOn = ShutdownSignal()
            try await bed.withWorker(
                .errands { input, _ in
                    runs.write(input)
                    await goOn.wait()
                    return input
                }, queues: [.default: 8]
            ) {
                let outcomes = try await Array(1...32).concurrentMap(atMost: 16) { number in
                    try await bed.engine.start(RunErrand.self, id: "once", input: "\(number)")
                }
                #expect(outcomes.count { $0 == .started } == 1)
                goOn.trigger()
                _ = try await bed.engine.waitForClose(of: "once")
                #expect(try await bed.engine.start(RunErrand.self, id: "once", input: "late") == .alreadyExists)
            }
            #expect(runs.lines.count == 1)
        }
    }
}

@Suite(.timeLimit(.minutes(1))) struct `What nobody was told of` {
    @Test func `is found within one sweep: a start, a signal, a cancellation`() async throws {
        try await withWorkflowDatabase { database, _ in
            let clock = ManualClock()
            let limits = WorkerLimits(sweepInterval: .seconds(5))
            let bed = EmbeddedBed(database, clock: clock, limits: limits)
            // Another engine over the same tables: its wake-ups do not reach this worker.
            let stranger = EmbeddedBed(database, clock: clock)
            try await bed.withWorker(.errands { input, _ in input }, queues: [.default: 1]) {
                await clock.whenSomeoneSleeps()
                try await stranger.engine.start(RunErrand.self, id: "missed", input: "x")
                try await stranger.engine.start(SleepLong.self, id: "asleep", input: 3600)
                clock.advance(by: .seconds(5))
                #expect(try await bed.engine.waitForClose(of: "missed")?.status == .completed)

                await clock.whenSomeoneSleeps()
                try await stranger.engine.requestCancel("asleep", reason: "enough")
                clock.advance(by: .seconds(5))
                #expect(try await bed.engine.waitForClose(of: "asleep")?.status == .cancelled)
            }
        }
    }

    @Test(arguments: 1...6) func `lets a queue of one slot go on after a crash between two steps`(death: Int)
        async throws
    {
        try await withWorkflowDatabase { database, _ in
            let bed = EmbeddedBed(database, limits: WorkerLimits(sweepInterval: .seconds(3600)))
            let visits = Journal()
            let ids: [WorkflowID] = ["first", "second"]
            for id in ids { try await bed.engine.start(Journey.self, id: id, input: id.rawValue) }
            let reached = ShutdownSignal()
            let dying = bed.makeWorker(
                .journeys { _ in if visits.write("visit") == death { reached.trigger() } }, queues: [.default: 1])
            await withTaskGroup(of: Void.self) { group in
                // It ends with the error of its death.
                group.addTask { try? await dying.run(until: ShutdownSignal()) }
                await reached.wait()
                await dying.abandon()
            }
            try await bed.withWorker(.journeys(), queues: [.default: 1]) {
                for id in ids {
                    let output = try await bed.engine.result(of: Journey.self, id: id)
                    #expect(output == Journey.expected(id.rawValue))
                }
            }
        }
    }
}
