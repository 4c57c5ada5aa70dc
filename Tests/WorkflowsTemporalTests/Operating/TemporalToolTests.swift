import Concurrency
import Foundation
import Testing
import Workflows

@testable import WorkflowsTemporal

@Suite(.temporalServer, .timeLimit(.minutes(1))) struct `Temporal's own tools` {
    @Test func `list, show and describe our workflows, with whose they are and why they failed`() async throws {
        try await withTemporal { bed in
            let tool = TemporalTool(namespace: bed.namespace)
            let chores = WorkflowRegistry.chores { input, _ in
                if input == "south" { throw Chore.Failure(message: "south is out of reach.") }
                return input
            }
            try await bed.withWorker(chores, queues: [.default: 4]) {
                let options = StartOptions(owner: "ann", memo: ["studio": "campaigns", "job_id": "job-7"])
                try await bed.engine.start(RunChores.self, id: "job-7", input: "north,south", options: options)
                _ = try await bed.engine.waitForClose(of: "job-7")

                // What is listed lags a little behind what is.
                let list = try await until({ try await tool.run("workflow", "list") }) { $0.contains("Failed") }
                #expect(list.contains("job-7"))
                #expect(list.contains("RunChores"))
                let history = try await tool.run("workflow", "show", "--workflow-id", "job-7", "--output", "json")
                #expect(history.contains("EVENT_TYPE_ACTIVITY_TASK_COMPLETED"))
                #expect(history.contains("\"activityId\": \"Chore-1\""))
                #expect(history.contains("\"type\": \"broken\""))
                #expect(history.contains("south is out of reach."))
                let described = try await tool.run("workflow", "describe", "--workflow-id", "job-7", "--output", "json")
                let memo = try memo(in: described)
                #expect(memo["studio"] == "campaigns")
                #expect(memo["job_id"] == "job-7")
                #expect(memo["owner"] == "ann")
            }
        }
    }

    @Test func `ask for step and progress, and send signals`() async throws {
        try await withTemporal { bed in
            let tool = TemporalTool(namespace: bed.namespace)
            let (running, mayEnd) = (ShutdownSignal(), ShutdownSignal())
            let chores = WorkflowRegistry.chores { input, _ in
                running.trigger()
                await mayEnd.wait()
                return input
            }
            try await bed.withWorker(chores, queues: [.default: 4]) {
                try await bed.engine.start(RunChores.self, id: "job", input: "north")
                await running.wait()
                let answer = try await tool.run("workflow", "query", "--workflow-id", "job", "--type", "status")
                #expect(answer.contains(#"{"progress":10,"status":"running","step":"CHORE_1"}"#))
                await #expect(throws: TemporalTool.Failure.self) {
                    try await tool.run("workflow", "query", "--workflow-id", "job", "--type", "weather")
                }
                mayEnd.trigger()

                try await bed.engine.start(Wait.self, id: "patient", input: "word")
                _ = try await until({ try await bed.temporal.explain("patient") }) { $0.code == .waitingForSignal }
                try await tool.run(
                    "workflow", "signal", "--workflow-id", "patient", "--name", "word", "--input", "\"now\"")
                let output = try await bed.engine.result(of: Wait.self, id: "patient")
                #expect(output == "now")
            }
        }
    }

    @Test func `cancel and terminate, and our engine tells the same end`() async throws {
        try await withTemporal { bed in
            let tool = TemporalTool(namespace: bed.namespace)
            let ends = Locked<[String: WorkflowStatus]>([:])
            bed.temporal.whenClosed(if: { _ in true }) { job, _ in ends.withLock { $0[job.id.rawValue] = job.status } }
            try await bed.withWorker(.chores(), queues: [.default: 4]) {
                for id: WorkflowID in ["cancelled", "terminated"] {
                    try await bed.engine.start(Wait.self, id: id, input: "word")
                    _ = try await until({ try await bed.temporal.explain(id) }) { $0.code == .waitingForSignal }
                }

                try await tool.run("workflow", "cancel", "--workflow-id", "cancelled")
                try await tool.run("workflow", "terminate", "--workflow-id", "terminated", "--reason", "out of paper")

                #expect(try await bed.engine.waitForClose(of: "cancelled")?.status == .cancelled)
                let job = try #require(try await bed.engine.waitForClose(of: "terminated"))
                #expect(job.status == .failed)
                #expect(job.failure?.kind == "terminated")
                #expect(job.failure?.cause == "out of paper")
            }
            #expect(ends.withLock { $0 } == ["cancelled": .cancelled, "terminated": .failed])
            let entries = try #require(try await bed.temporal.timeline(of: "terminated")).entries
            #expect(entries.last?.text == "The job ended as failed: The job was ended by an operator.")
        }
    }

    @Test func `pause and resume what ours have resumed and paused`() async throws {
        try await withTemporal { bed in
            let tool = TemporalTool(namespace: bed.namespace)
            try await bed.withWorker(.chores(), queues: [.default: 4]) {
                try await bed.engine.start(Wait.self, id: "job", input: "word")
                _ = try await until({ try await bed.temporal.explain("job") }) { $0.code == .waitingForSignal }

                try await tool.run("workflow", "pause", "--workflow-id", "job", "--reason", "lunch")
                let pause = try #require(try await bed.engine.describe("job")?.pause)
                #expect(pause.reason == "lunch")
                #expect(try await bed.temporal.resume("job") == .done("It goes on."))

                _ = try await bed.temporal.pause("job", by: "ann", reason: nil)
                try await tool.run("workflow", "unpause", "--workflow-id", "job")
                #expect(try await bed.engine.describe("job")?.pause == nil)
                try await bed.engine.signal("job", named: "word", "now")
                let output = try await bed.engine.result(of: Wait.self, id: "job")
                #expect(output == "now")
            }
        }
    }

    @Test func `show the limits and weights that ours have set`() async throws {
        try await withTemporal { bed in
            let tool = TemporalTool(namespace: bed.namespace)
            try await bed.withWorker(.chores(), queues: [.default: 4]) {
                func config() async throws -> String {
                    try await tool.run(
                        "task-queue", "config", "get", "--task-queue", "atelier-default", "--task-queue-type",
                        "activity", "--output", "json")
                }
                try await bed.temporal.limit(.default, to: TaskQueueLimits(startsPerSecond: 2.5))
                try await bed.temporal.setWeight(7, ofOwner: "ann")
                let set = try await config()
                #expect(set.contains(": 2.5"))
                #expect(set.contains("\"ann\": 7"))

                try await bed.temporal.limit(.default, to: TaskQueueLimits())
                try await bed.temporal.setWeight(1, ofOwner: "ann")
                let unset = try await config()
                #expect(!unset.contains(": 2.5"))
                #expect(!unset.contains("ann"))
            }
        }
    }

    /// The memo's texts in what `describe` printed.
    private func memo(in description: String) throws -> [String: String] {
        let whole = try #require(try JSONSerialization.jsonObject(with: Data(description.utf8)) as? [String: Any])
        let info = try #require(whole["workflowExecutionInfo"] as? [String: Any])
        let memo = try #require((info["memo"] as? [String: Any])?["fields"] as? [String: Any])
        return memo.compactMapValues { $0 as? String }
    }
}
