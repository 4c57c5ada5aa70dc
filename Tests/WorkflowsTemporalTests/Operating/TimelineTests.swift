import Foundation
import Testing
import Workflows

@testable import WorkflowsTemporal

@Suite(.temporalServer, .timeLimit(.minutes(1))) struct `A job's timeline on Temporal` {
    @Test func `tells of steps, attempts with their worker and times, and the end`() async throws {
        try await withTemporal { bed in
            try await bed.withWorker(.chores(), queues: [.default: 4]) {
                try await bed.engine.start(RunChores.self, id: "job", input: "north,south")
                _ = try await bed.engine.waitForClose(of: "job")
            }

            let timeline = try #require(try await bed.temporal.timeline(of: "job"))
            #expect(timeline.next == nil)
            #expect(timeline.entries.map(\.kind) == [.started, .command, .attempt, .command, .attempt, .ended])
            #expect(timeline.entries.last?.text == "The job ended as completed")
            let attempts = timeline.entries.compactMap(\.attempt)
            #expect(attempts.map(\.outcome) == [.completed, .completed])
            for attempt in attempts {
                #expect(attempt.number == 1)
                #expect(attempt.worker == "test")
                #expect(try #require(attempt.seconds) >= 0)
                #expect(try #require(attempt.scheduledAt) <= #require(attempt.startedAt))
            }
            let page = try #require(try await bed.temporal.timeline(of: "job", after: 2, limit: 2))
            #expect(page.entries == Array(timeline.entries[2..<4]))
            #expect(page.next == 4)
            let unknown = try await bed.temporal.timeline(of: "nobody")
            #expect(unknown == nil)
        }
    }

    @Test func `tells why an attempt failed and when the next one begins`() async throws {
        try await withTemporal { bed in
            let chores = WorkflowRegistry.chores { _, _ in
                throw Chore.Failure(kind: "busy", isRetryable: true, message: "HTTP 502.")
            }
            try await bed.withWorker(chores, queues: [.default: 1]) {
                try await bed.engine.start(RunChores.self, id: "job", input: "north")
                _ = try await until({ try await bed.engine.describe("job") }) {
                    $0.pendingActivities.first?.state == .backoff
                }

                let entries = try #require(try await bed.temporal.timeline(of: "job")).entries
                let attempts = entries.compactMap(\.attempt)
                #expect(attempts.map(\.number) == [1, 2])
                #expect(attempts.map(\.outcome) == [.failed, .waiting])
                #expect(attempts.first?.failure?.kind == "busy")
                #expect(attempts.first?.worker == "test")
                #expect(try #require(attempts.last?.scheduledAt) > Date().addingTimeInterval(300))
                try await bed.engine.requestCancel("job", reason: "enough")
            }
        }
    }
}
