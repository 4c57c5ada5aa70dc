import AtelierTesting
import Concurrency
import Database
import Foundation
import Testing
import Workflows
import WorkflowsSQL

@testable import Webhooks

@Suite(.timeLimit(.minutes(1))) struct `Webhooks that do not arrive` {
    @Test func `are sent again under their id, signed anew`() async throws {
        let clock = ManualClock()
        try await WebhookBed.with(clock: clock) { bed in
            let receiver = try Receiver { index, connection in
                try await connection.answer(index == 0 ? "500 Oops" : "200 OK", index == 0 ? "no disk" : "")
            }
            let endpoint = try await bed.webhooks.add(url: receiver.url)
            try await bed.withWorker {
                try await bed.run("job-1")
                _ = await receiver.messages(1)
                let wait = try await bed.passToNextTry(clock)
                let messages = await receiver.messages(2)
                try await bed.settleDeliveries()

                #expect(wait == 5)
                #expect(messages[0].id == messages[1].id)
                #expect(messages[0].body == messages[1].body)
                #expect(messages[1].timestamp == messages[0].timestamp + 5)
                #expect(messages[0].signatures != messages[1].signatures)
                let (delivery, attempts) = try #require(try await bed.deliveries(to: endpoint).first)
                #expect(delivery.status == .delivered)
                #expect(attempts.map(\.status) == [500, 200])
                #expect(attempts.map(\.error) == ["no disk", nil])
                #expect(try await bed.webhooks.endpoint(endpoint.id).failingSince == nil)
            }
        }
    }

    @Test func `to a receiver that is down for hours arrive when it is back`() async throws {
        let clock = ManualClock()
        let isBack = Locked(false)
        try await WebhookBed.with(clock: clock) { bed in
            let receiver = try Receiver { _, connection in
                guard isBack.withLock({ $0 }) else { return await connection.close() }
                try await connection.answer("200 OK")
            }
            let endpoint = try await bed.webhooks.add(url: receiver.url)
            try await bed.withWorker {
                try await bed.run("job-1")
                let begin = clock.now
                for _ in 1...5 { try await bed.passToNextTry(clock) }
                _ = await receiver.messages(6)
                isBack.withLock { $0 = true }
                try await bed.passToNextTry(clock)
                _ = await receiver.messages(7)
                try await bed.settleDeliveries()

                #expect(clock.now.timeIntervalSince(begin) > 17 * 3600)
                let (delivery, attempts) = try #require(try await bed.deliveries(to: endpoint).first)
                #expect(delivery.status == .delivered)
                #expect(attempts.map(\.status) == [nil, nil, nil, nil, nil, nil, 200])
                #expect(Set(receiver.messages.map(\.id)).count == 1)
            }
        }
    }

    @Test func `are given up after ten tries, and their receiver with them`() async throws {
        let clock = ManualClock()
        try await WebhookBed.with(clock: clock) { bed in
            let receiver = try Receiver("503 Service Unavailable")
            let endpoint = try await bed.webhooks.add(url: receiver.url)
            try await bed.withWorker {
                try await bed.run("job-1")
                for _ in 1...9 { try await bed.passToNextTry(clock) }
                _ = await receiver.messages(10)
                try await bed.settleDeliveries()
                try await bed.run("job-2")
                _ = try await bed.engine.waitForClose(of: "job-2")

                let now = try await bed.webhooks.endpoint(endpoint.id)
                #expect(!now.isEnabled)
                #expect(now.disabledReason == "No message has arrived for three days.")
                let deliveries = try await bed.deliveries(to: endpoint)
                #expect(deliveries.map(\.0.status) == [.failed])
                #expect(deliveries[0].1.count == 10)
            }
        }
    }

    @Test func `wait as long as the receiver asks`() async throws {
        let clock = ManualClock()
        try await WebhookBed.with(clock: clock) { bed in
            let receiver = try Receiver { index, connection in
                try await connection.answer(
                    index == 0 ? "429 Too Many Requests" : "200 OK", headers: "Retry-After: 1234\r\n")
            }
            try await bed.webhooks.add(url: receiver.url)
            try await bed.withWorker {
                try await bed.run("job-1")
                let wait = try await bed.passToNextTry(clock)
                _ = await receiver.messages(2)

                #expect(wait == 1234)
            }
        }
    }

    @Test func `end with 410, which switches the receiver off`() async throws {
        try await WebhookBed.with { bed in
            let receiver = try Receiver("410 Gone")
            let endpoint = try await bed.webhooks.add(url: receiver.url)
            try await bed.withWorker {
                try await bed.run("job-1")
                _ = await receiver.messages(1)
                try await bed.settleDeliveries()
                try await bed.run("job-2")
                _ = try await bed.engine.waitForClose(of: "job-2")
                try await bed.settleDeliveries()

                let now = try await bed.webhooks.endpoint(endpoint.id)
                #expect(!now.isEnabled)
                #expect(now.disabledReason == "The receiver answered 410 Gone.")
                #expect(receiver.messages.count == 1)
                #expect(try await bed.deliveries(to: endpoint).map(\.0.status) == [.failed])
            }
        }
    }

    @Test func `are not sent where a receiver redirects`() async throws {
        let clock = ManualClock()
        try await WebhookBed.with(clock: clock) { bed in
            let elsewhere = try Receiver()
            let location = elsewhere.url
            let receiver = try Receiver { _, connection in
                try await connection.answer("307 Temporary Redirect", headers: "Location: \(location)\r\n")
            }
            let endpoint = try await bed.webhooks.add(url: receiver.url)
            try await bed.withWorker {
                try await bed.run("job-1")
                try await bed.passToNextTry(clock)
                _ = await receiver.messages(2)

                #expect(elsewhere.messages.isEmpty)
                #expect(try await bed.deliveries(to: endpoint).first?.1.first?.status == 307)
            }
        }
    }

    @Test func `keep the beginning of a complaint, however long it is`() async throws {
        try await WebhookBed.with { bed in
            let receiver = try Receiver { _, connection in
                try await connection.send("HTTP/1.1 410 Gone\r\nContent-Length: 1000000000\r\n\r\n")
                try await connection.send(String(repeating: "no\0", count: 100_000))
            }
            let endpoint = try await bed.webhooks.add(url: receiver.url)
            try await bed.withWorker {
                try await bed.run("job-1")
                _ = await receiver.messages(1)
                try await bed.settleDeliveries()

                let error = try await bed.deliveries(to: endpoint).first?.1.first?.error
                #expect(error == String(repeating: "no", count: 342).prefix(683).description)
            }
        }
    }

    @Test func `because their name leads inward are not sent at all`() async throws {
        let clock = ManualClock()
        let server = try RawServer { _ in }
        let name = "rebinding.example"
        try await WebhookBed.with(
            clock: clock, allowing: [], known: ["\(name):\(server.port):127.0.0.1"]
        ) { bed in
            let endpoint = try await bed.webhooks.add(url: "http://\(name):\(server.port)/")
            try await bed.withWorker {
                try await bed.run("job-1")
                try await bed.passToNextTry(clock)

                let attempts = try await bed.deliveries(to: endpoint).first?.1
                #expect(attempts?.first?.error == "The host is not on the public internet.")
                #expect(server.acceptedCount == 0)
            }
        }
        server.stop()
    }
}
