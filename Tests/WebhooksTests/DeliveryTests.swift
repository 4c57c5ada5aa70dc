import AtelierTesting
import Concurrency
import Database
import Foundation
import Testing
import Workflows
import WorkflowsSQL

@testable import Webhooks

@Suite(.timeLimit(.minutes(1))) struct `Webhook deliveries` {
    @Test(arguments: TestDatabase.available)
    func `a job that ends is told of, signed, with an id`(kind: TestDatabase) async throws {
        try await WebhookBed.with(on: kind) { bed in
            let receiver = try Receiver()
            let endpoint = try await bed.webhooks.add(url: receiver.url)
            try await bed.withWorker {
                try await bed.run("job-1", owner: "anna")
                let message = await receiver.messages(1)[0]
                try await bed.settleDeliveries()

                let content = try JSONSerialization.jsonObject(with: Data(message.body)) as? [String: Any]
                let data = content?["data"] as? [String: Any]
                #expect(message.head.hasPrefix("POST /hook HTTP/1.1\r\n"))
                #expect(message.header("content-type") == "application/json")
                #expect(message.id.hasPrefix("msg_"))
                #expect(abs(Double(message.timestamp) - Date().timeIntervalSince1970) < 60)
                #expect(
                    message.signatures == [
                        endpoint.secret.signature(id: message.id, timestamp: message.timestamp, body: message.body)
                    ])
                #expect(content?["type"] as? String == "job.completed")
                #expect(content?["timestamp"] is String)
                #expect(data?["job_id"] as? String == "job-1")
                #expect(data?["workflow"] as? String == "RunErrand")
                #expect(data?["status"] as? String == "completed")
                #expect(data?["owner"] as? String == "anna")
                #expect(data?["labels"] as? [String: String] == ["studio": "campaigns", "job_id": "7"])
                let (delivery, attempts) = try #require(try await bed.deliveries(to: endpoint).first)
                #expect(delivery.status == .delivered)
                #expect(delivery.id == message.id)
                #expect(attempts.map(\.status) == [204])
            }
        }
    }

    @Test func `a failure is told with its kind and its public sentence alone`() async throws {
        try await WebhookBed.with { bed in
            let receiver = try Receiver()
            try await bed.webhooks.add(url: receiver.url)
            try await bed.withWorker { _, _ in
                throw Refused()
            } _: {
                try await bed.run("job-1")
                let message = await receiver.messages(1)[0]

                #expect(message.text.contains(#""type":"job.failed""#))
                #expect(message.text.contains(#""failure":{"kind":"refused","message":"It was refused."}"#))
                #expect(!message.text.contains("cause"))
            }
        }
    }

    @Test func `a cancelled job and one that took too long are told of`() async throws {
        try await WebhookBed.with { bed in
            let receiver = try Receiver()
            try await bed.webhooks.add(url: receiver.url)
            try await bed.withWorker { _, _ in
                try await Task.sleep(for: .seconds(60))
                return ""
            } _: {
                try await bed.run("cancelled")
                try await bed.engine.requestCancel("cancelled", reason: "a test")
                try await bed.engine.start(
                    RunErrand.self, id: "late", input: "x", options: StartOptions(workflowTimeout: .milliseconds(50)))
                let messages = await receiver.messages(2)

                let types = messages.map { $0.text.contains("job.cancelled") ? "cancelled" : "timed out" }
                #expect(types.sorted() == ["cancelled", "timed out"])
                #expect(messages.contains { $0.text.contains(#""type":"job.timed_out""#) })
            }
        }
    }

    @Test func `children are not told of, nor are deliveries`() async throws {
        try await WebhookBed.with { bed in
            let receiver = try Receiver()
            let endpoint = try await bed.webhooks.add(url: receiver.url)
            try await bed.withWorker {
                try await bed.engine.start(RunTwoErrands.self, id: "parent", input: "x")
                _ = await receiver.messages(1)
                try await bed.settleDeliveries()

                let jobs = try await bed.deliveries(to: endpoint).map(\.0.jobID)
                #expect(jobs == ["parent"])
            }
        }
    }

    @Test func `a receiver hears of what ends after it was registered, and of nothing else`() async throws {
        try await WebhookBed.with { bed in
            let receiver = try Receiver()
            try await bed.withWorker {
                try await bed.run("before")
                _ = try await bed.engine.waitForClose(of: "before")
                let endpoint = try await bed.webhooks.add(url: receiver.url)
                try await bed.run("after")
                _ = await receiver.messages(1)
                try await bed.webhooks.remove(endpoint.id)
                try await bed.run("gone")
                _ = try await bed.engine.waitForClose(of: "gone")
                try await bed.settleDeliveries()

                #expect(receiver.messages.count == 1)
                #expect(receiver.messages[0].text.contains(#""job_id":"after""#))
            }
        }
    }

    @Test func `each hears of the events and owners it asked for`() async throws {
        try await WebhookBed.with { bed in
            let (failures, annas, all) = (try Receiver(), try Receiver(), try Receiver())
            try await bed.webhooks.add(url: failures.url, events: [.failed, .timedOut])
            try await bed.webhooks.add(url: annas.url, owner: "anna")
            try await bed.webhooks.add(url: all.url)
            try await bed.withWorker { input, _ in
                if input == "bad" { throw Refused() }
                return input
            } _: {
                try await bed.run("a-good", owner: "anna")
                try await bed.run("a-bad", "bad", owner: "anna")
                try await bed.run("b-good", owner: "ben")
                _ = await all.messages(3)
                _ = await annas.messages(2)
                _ = await failures.messages(1)
                try await bed.settleDeliveries()

                #expect(failures.messages.count == 1)
                #expect(annas.messages.count == 2)
                #expect(all.messages.count == 3)
                #expect(Set(all.messages.map(\.id)).count == 3)
            }
        }
    }

    @Test(arguments: TestDatabase.available)
    func `what ended while nobody delivered is delivered by the next process`(kind: TestDatabase) async throws {
        try await WebhookBed.with(on: kind) { bed in
            let receiver = try Receiver()
            try await bed.webhooks.add(url: receiver.url)
            // Serves jobs and not webhooks, and dies without a word as soon as the job has ended.
            let first = bed.makeWorker([.default: 4])
            let running = Task { try await first.run(until: ShutdownSignal()) }
            try await bed.run("job-1")
            _ = try await bed.engine.waitForClose(of: "job-1")
            await first.abandon()
            running.cancel()
            #expect(receiver.messages.isEmpty)

            try await bed.withWorker {
                let message = await receiver.messages(1)[0]
                try await bed.settleDeliveries()

                #expect(message.text.contains(#""job_id":"job-1""#))
                #expect(receiver.messages.count == 1)
            }
        }
    }

    @Test func `receivers that hang hold up neither jobs nor cancels`() async throws {
        try await WebhookBed.with { bed in
            let hanging = try Receiver { _, connection in
                // A byte now and then, for longer than any try may take.
                try await connection.send("HTTP/1.1 200")
                _ = try await connection.readUntilClosed()
            }
            for _ in 0..<5 { try await bed.webhooks.add(url: hanging.url) }
            try await bed.withWorker(queues: [.default: 2, .webhooks: 2]) { input, _ in
                if input == "long" { try await Task.sleep(for: .seconds(600)) }
                return input
            } _: {
                for number in 1...20 { try await bed.run(try WorkflowID("job-\(number)")) }
                _ = await hanging.messages(2)
                // Both slots for messages are taken by now, and ninety-eight messages wait.
                try await bed.run("long", "long")
                try await bed.engine.requestCancel("long", reason: "a test")
                for number in 1...20 {
                    let end = try await bed.engine.waitForClose(of: try WorkflowID("job-\(number)"))
                    #expect(end?.status == .completed)
                }
                let cancelled = try await bed.engine.waitForClose(of: "long")
                #expect(cancelled?.status == .cancelled)
                #expect(hanging.messages.count == 2)
            }
        }
    }
}
