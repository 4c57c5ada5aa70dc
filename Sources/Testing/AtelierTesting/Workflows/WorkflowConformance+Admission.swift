import Concurrency
import Testing
import Workflows

extension WorkflowConformance {
    private struct Refusal: Error {}

    static let admission: [WorkflowCheck] = [
        WorkflowCheck("a second start of the same id changes nothing, running or closed") { bed in
            let journal = Journal()
            try await bed.withScript { input, _ in
                journal.write(input)
                return input
            } _: {
                let first = try await bed.engine.start(OneStep.self, id: "once", input: "first")
                #expect(first == .started)
                #expect(try await bed.engine.start(OneStep.self, id: "once", input: "second") == .alreadyExists)
                #expect(try await bed.engine.result(of: OneStep.self, id: "once") == "first")
                #expect(try await bed.engine.start(OneStep.self, id: "once", input: "third") == .alreadyExists)
                #expect(journal.lines == ["first"])
            }
        },
        WorkflowCheck("a start whose transaction fails leaves nothing") { bed in
            await #expect(throws: Refusal.self) {
                try await bed.engine.write { connection in
                    _ = try bed.engine.start(
                        OneStep.self, id: "undone", input: "x", options: StartOptions(), in: connection)
                    throw Refusal()
                }
            }
            let description = try await bed.engine.describe("undone")
            #expect(description == nil)
            #expect(try await bed.engine.list(WorkflowFilter()).workflows.isEmpty)
        },
        WorkflowCheck("what was given at the start is shown") { bed in
            let options = StartOptions(owner: "ada", memo: ["studio": "campaigns", "job_id": "7"])
            try await bed.engine.start(OneStep.self, id: "shown", input: "x", options: options)
            let description = try await bed.engine.describe("shown")
            #expect(description?.owner == "ada")
            #expect(description?.memo == ["studio": "campaigns", "job_id": "7"])
            #expect(description?.workflow == "OneStep")
            #expect(description?.status == .running)
            #expect(description?.closedAt == nil)
        },
        WorkflowCheck("lists show pages, newest first, without gaps or repetitions") { bed in
            for number in 1...7 { try await bed.engine.start(OneStep.self, id: WorkflowID("w\(number)"), input: "x") }
            try await bed.engine.start(Pair.self, id: "other", input: "x")
            var ids: [String] = []
            var cursor: String?
            repeat {
                let page = try await bed.engine.list(WorkflowFilter(workflow: "OneStep", after: cursor, limit: 3))
                ids += page.workflows.map(\.id.rawValue)
                cursor = page.next
            } while cursor != nil
            #expect(ids == (1...7).reversed().map { "w\($0)" })
            #expect(try await bed.engine.list(WorkflowFilter(status: .completed)).workflows.isEmpty)
        },
        WorkflowCheck("with one slot workflows are served by priority") { bed in
            let journal = Journal()
            for (id, priority) in [("low", 5), ("first", 3), ("second", 3), ("urgent", 1)] {
                try await bed.engine.start(
                    OneStep.self, id: WorkflowID(id), input: id, options: StartOptions(priority: priority))
            }
            try await bed.withScript(slots: 1) { input, _ in
                journal.write(input)
                return input
            } _: {
                for id in ["low", "first", "second", "urgent"] {
                    _ = try await bed.engine.result(of: OneStep.self, id: WorkflowID(id))
                }
                // Order within a priority is each engine's own: a cluster keeps it only roughly.
                #expect(journal.lines.first == "urgent" && journal.lines.last == "low" && journal.lines.count == 4)
            }
        },
    ]

    static let rules: [WorkflowCheck] = [
        WorkflowCheck("a new run takes the new path of a patch") { bed in
            try await bed.withScript({ input, _ in input }) {
                try await bed.engine.start(Patched.self, id: "patched", input: "x")
                #expect(try await bed.engine.result(of: Patched.self, id: "patched"))
            }
        },
        WorkflowCheck("a workflow that waits for something of its own fails with words") { bed in
            try await bed.withScript({ input, _ in input }) {
                try await bed.engine.start(ForeignSleep.self, id: "foreign", input: "x")
                let failure = try await bed.engine.waitForClose(of: "foreign")?.failure
                #expect(failure?.kind == WorkflowFailure.Kind.misuse)
                #expect(failure?.cause?.contains("outside its context") == true)
            }
        },
        WorkflowCheck("a workflow that leaves its executor fails with words") { bed in
            try await bed.withScript({ input, _ in input }) {
                try await bed.engine.start(Escaping.self, id: "escaping", input: "x")
                let failure = try await bed.engine.waitForClose(of: "escaping")?.failure
                #expect(failure?.kind == WorkflowFailure.Kind.misuse)
            }
        },
        WorkflowCheck("a workflow that uses an id twice fails with words") { bed in
            try await bed.withScript({ input, _ in input }) {
                try await bed.engine.start(SameID.self, id: "twice", input: "x")
                let failure = try await bed.engine.waitForClose(of: "twice")?.failure
                #expect(failure?.kind == WorkflowFailure.Kind.misuse)
                #expect(failure?.cause?.contains("activity same") == true)
            }
        },
        WorkflowCheck("asking after an unknown workflow says so") { bed in
            let description = try await bed.engine.describe("nobody")
            #expect(description == nil)
            await #expect(throws: UnknownWorkflow(id: "nobody")) {
                try await bed.engine.result(of: OneStep.self, id: "nobody")
            }
        },
    ]
}
