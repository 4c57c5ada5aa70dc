import Testing
import Workflows

extension WorkflowConformance {
    /// So many characters are two bytes too many: JSON puts them between quotes.
    private static let tooMuch = Payload.maximumByteCount

    static let limits: [WorkflowCheck] = [
        WorkflowCheck("an output beyond the limit fails its step at once, with the limit named") { bed in
            let attempts = Journal()
            try await bed.withScript { _, _ in
                attempts.write("attempt")
                return String(repeating: "x", count: tooMuch)
            } _: {
                try await bed.engine.start(OneStep.self, id: "output", input: "x")
                let failure = try await bed.engine.waitForClose(of: "output")?.failure
                expectRefused(failure)
                #expect(failure?.attempts == 1)
                #expect(attempts.lines.count == 1)
            }
        },
        WorkflowCheck("an input beyond the limit is refused where it is made, and one at the limit is taken") { bed in
            try await bed.withScript({ input, _ in String(input.count) }) {
                await #expect(throws: PayloadTooLarge(byteCount: tooMuch + 2)) {
                    try await bed.engine.start(
                        OneStep.self, id: "start", input: String(repeating: "x", count: tooMuch))
                }
                let refused = try await bed.engine.describe("start")
                #expect(refused == nil)
                let most = String(repeating: "x", count: tooMuch - 2)
                try await bed.engine.start(OneStep.self, id: "most", input: most)
                #expect(try await bed.engine.result(of: OneStep.self, id: "most") == "\(most.count)")

                try await bed.engine.start(Inflating.self, id: "step", input: tooMuch)
                expectRefused(try await bed.engine.waitForClose(of: "step")?.failure)
                try await bed.engine.start(Inflating.self, id: "just-right", input: tooMuch - 2)
                #expect(try await bed.engine.result(of: Inflating.self, id: "just-right") == "\(tooMuch - 2)")
            }
        },
        WorkflowCheck("details beyond the limit fail the step, for its next attempt would miss them") { bed in
            try await bed.withScript { _, activity in
                await activity.heartbeat(String(repeating: "x", count: tooMuch))
                throw ScriptedFailure()
            } _: {
                try await bed.engine.start(OneStep.self, id: "details", input: "x")
                let failure = try await bed.engine.waitForClose(of: "details")?.failure
                expectRefused(failure)
                #expect(failure?.attempts == 1)
            }
        },
        WorkflowCheck("a failure's words are cut to what a reader can use") { bed in
            try await bed.withScript { _, _ in
                let words = String(repeating: "long ", count: 100_000)
                throw ScriptedFailure(kind: words, isRetryable: false, message: words)
            } _: {
                try await bed.engine.start(OneStep.self, id: "words", input: "x")
                let failure = try await bed.engine.waitForClose(of: "words")?.failure
                #expect(failure?.message.count == 2000)
                #expect(failure?.kind.count == 200)
                #expect((failure?.cause?.count ?? 0) <= 1000)
            }
        },
    ]

    private static func expectRefused(_ failure: WorkflowFailure?, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(failure?.kind == WorkflowFailure.Kind.payloadTooLarge, sourceLocation: sourceLocation)
        #expect(failure?.message.contains("\(Payload.maximumByteCount)") == true, sourceLocation: sourceLocation)
    }
}

/// Makes an activity's input as large as it is told to.
struct Inflating: Workflow {
    static let name = "Inflating"
    func run(_ byteCount: Int, in workflow: WorkflowContext) async throws -> String {
        try await workflow.execute(ScriptedActivity.self, String(repeating: "x", count: byteCount))
    }
}
