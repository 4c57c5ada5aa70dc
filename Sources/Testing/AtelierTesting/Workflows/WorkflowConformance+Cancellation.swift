import Concurrency
import Testing
import Workflows

extension WorkflowConformance {
    static let cancellation: [WorkflowCheck] = [
        WorkflowCheck("a cancellation reaches the running activity, lets the workflow clean up and ends it") { bed in
            let journal = Journal()
            let running = ShutdownSignal()
            try await bed.withScript { input, _ in
                journal.write(input)
                guard input == "work" else { return input }
                running.trigger()
                await untilCancelled()
                throw CancellationError()
            } _: {
                try await bed.engine.start(CleaningUp.self, id: "cancelled", input: "work")
                await running.wait()
                #expect(try await bed.engine.requestCancel("cancelled", reason: "not needed") == .accepted)
                #expect(try await bed.engine.waitForClose(of: "cancelled")?.status == .cancelled)
                #expect(journal.lines == ["work", "clean up"])
                await #expect(throws: CancellationError.self) {
                    try await bed.engine.result(of: CleaningUp.self, id: "cancelled")
                }
            }
        },
        WorkflowCheck("cancelling what waits, what is over, what is not there, and twice, harms nobody") { bed in
            let running = ShutdownSignal()
            let goOn = ShutdownSignal()
            try await bed.withScript(slots: 1) { input, _ in
                running.trigger()
                await goOn.wait()
                return input
            } _: {
                try await bed.engine.start(OneStep.self, id: "neighbour", input: "n")
                await running.wait()
                try await bed.engine.start(OneStep.self, id: "queued", input: "q")
                #expect(try await bed.engine.requestCancel("queued", reason: "a") == .accepted)
                let again = try await bed.engine.requestCancel("queued", reason: "b")
                #expect(again != .notFound)
                #expect(try await bed.engine.waitForClose(of: "queued")?.status == .cancelled)
                #expect(try await bed.engine.requestCancel("queued", reason: "c") == .alreadyClosed)
                #expect(try await bed.engine.requestCancel("nobody", reason: "d") == .notFound)
                goOn.trigger()
                #expect(try await bed.engine.result(of: OneStep.self, id: "neighbour") == "n")
                #expect(try await bed.engine.requestCancel("neighbour", reason: "e") == .alreadyClosed)
            }
        },
        WorkflowCheck("a cancellation between steps ends the workflow before its next one") { bed in
            try await bed.withScript({ input, _ in input }) {
                try await bed.engine.start(Collecting.self, id: "between", input: 2)
                try await bed.engine.signal("between", named: "item", "one")
                try await bed.engine.requestCancel("between", reason: "enough")
                #expect(try await bed.engine.waitForClose(of: "between")?.status == .cancelled)
            }
        },
        WorkflowCheck("an activity that finishes in spite of its cancellation has finished") { bed in
            let running = ShutdownSignal()
            try await bed.withScript { input, _ in
                running.trigger()
                await untilCancelled()
                return input + " done"
            } _: {
                try await bed.engine.start(OneStep.self, id: "stubborn", input: "x")
                await running.wait()
                try await bed.engine.requestCancel("stubborn", reason: "enough")
                #expect(try await bed.engine.waitForClose(of: "stubborn")?.status == .completed)
            }
        },
        WorkflowCheck("the cancellation of a workflow reaches its children") { bed in
            let running = ShutdownSignal()
            try await bed.withScript { input, _ in
                running.trigger()
                await untilCancelled()
                throw CancellationError()
            } _: {
                try await bed.engine.start(Parent.self, id: "family", input: ["x"])
                await running.wait()
                try await bed.engine.requestCancel("family", reason: "enough")
                #expect(try await bed.engine.waitForClose(of: "family:OneStep-1")?.status == .cancelled)
                #expect(try await bed.engine.waitForClose(of: "family")?.status == .cancelled)
            }
        },
        WorkflowCheck("a workflow that takes too long is ended as timed out, and its activity is cancelled") { bed in
            let began = ShutdownSignal()
            let stopped = ShutdownSignal()
            try await bed.withScript { _, _ in
                began.trigger()
                await untilCancelled()
                stopped.trigger()
                throw CancellationError()
            } _: {
                let options = StartOptions(workflowTimeout: .milliseconds(50))
                try await bed.engine.start(OneStep.self, id: "endless", input: "x", options: options)
                let end = try await bed.engine.waitForClose(of: "endless")
                #expect(end?.status == .timedOut)
                #expect(end?.failure?.kind == WorkflowFailure.Kind.workflowTimeout)
                // On a busy machine the time may be over before the activity began.
                if began.isTriggered { await stopped.wait() }
            }
        },
    ]

    static let messages: [WorkflowCheck] = [
        WorkflowCheck("signals wait for whoever asks for them, and keep their order") { bed in
            try await bed.engine.start(Collecting.self, id: "signals", input: 3)
            for value in ["a", "b"] { try await bed.engine.signal("signals", named: "item", value) }
            try await bed.engine.signal("signals", named: "other", "ignored")
            try await bed.withScript({ input, _ in input }) {
                try await bed.engine.signal("signals", named: "item", "c")
                #expect(try await bed.engine.result(of: Collecting.self, id: "signals") == ["a", "b", "c"])
                #expect(try await bed.engine.signal("signals", named: "item", "d") == .alreadyClosed)
                #expect(try await bed.engine.signal("nobody", named: "item", "d") == .notFound)
            }
        }
    ]
}
