import AtelierTesting
import Foundation
import Testing

@Suite(.enabled(if: TemporalPlace.server != nil), .timeLimit(.minutes(5))) struct `Workers apart from the API` {
    @Test func `run what their queues hold, each under its own name`() async throws {
        let hooks = try HookReceiver()
        let place = try await TemporalPlace(settings: hooks.settings)
        let api = try await place.start("api")
        #expect(try await place.atelier("webhooks", "add", hooks.url).code == 0)
        let pictures = try await place.start("worker", "--queue", "default")
        let messages = try await place.start("worker", "--queue", "webhooks")
        let client = Client(api)

        let id = try await client.createCampaign(TemporalPlace.order)
        _ = try await client.finished(id)
        try await eventually("the message has come") { hooks.count(of: "campaign-\(id)") == 1 }
        var audits: [HistoryAudit] = []
        try await eventually("both workflows are listed as closed") {
            audits = try await HistoryAudit.all(["ProcessCampaign", "DeliverWebhook"], at: place)
            return audits.count == 2 && audits.allSatisfy { $0.status == "COMPLETED" }
        }

        for audit in audits {
            let worker = audit.type == "ProcessCampaign" ? pictures : messages
            #expect(audit.workers.values.allSatisfy { $0.hasPrefix("\(worker.identifier)@") }, "\(audit)")
        }
        for process in [messages, pictures, api] { #expect(await process.stop() == 0) }
    }

    @Test func `that are told to stop finish what runs, and no task is lost with them`() async throws {
        let place = try await TemporalPlace()
        let api = try await place.start("api")
        let client = Client(api)
        var (ids, longest) = ([Int](), Duration.zero)
        var worker = try await place.start("worker")
        let rounds = 4
        for _ in 0..<rounds {
            var new: [Int] = []
            for _ in 0..<8 { new.append(try await client.createCampaign(TemporalPlace.order)) }
            // In the middle of them, with polls open and activities running.
            _ = try await client.finished(new[1])
            let next = try await place.start("worker")
            let clock = ContinuousClock()
            let time = await clock.measure { await worker.stop() }
            longest = max(longest, time)
            worker = next
            ids += new
        }

        for id in ids { _ = try await client.finished(id) }
        let histories = try await place.expectOnce(ids)
        // No attempt and no decision went down with a worker. A task that waited in the queue of the very process that
        // stopped goes to another after five seconds; nobody had begun with it.
        let lost = histories.flatMap(\.lost).filter { !$0.hasSuffix("SCHEDULE_TO_START") }
        #expect(lost == [])
        for process in [worker, api] { #expect(await process.stop() == 0) }
        print("Temporal, workers told to stop: \(rounds), \(ids.count) campaigns, lost 0; longest stop \(longest)")
    }

    @Test func `that cannot finish in time hand their activity to another at once`() async throws {
        let place = try await TemporalPlace()
        let api = try await place.start("api")
        let client = Client(api)
        let first = try await place.start("worker", adding: ["ATELIER_SHUTDOWN_GRACE": "1s"])
        // Drawing it takes some seconds.
        let id = try await client.createCampaign(#"{"source_type":"ai_generated","prompt":"A calm sea","seed":7}"#)
        try await eventually("the picture is being drawn") {
            let found = try await place.tool(
                "workflow", "describe", "--workflow-id", "campaign-\(id)", "--output", "json")
            return found.output.contains("CollectGeneration") && found.output.contains("PENDING_ACTIVITY_STATE_STARTED")
        }
        let second = try await place.start("worker")

        let told = Date()
        let code = await first.stop()
        let stop = Date().timeIntervalSince(told)
        _ = try await client.finished(id)
        let history = try #require(try await HistoryAudit.campaigns(1, at: place).first)

        #expect(code == 0)
        #expect(history.lost == [] && history.completed["CollectGeneration"] == 1)
        #expect(history.attempts["CollectGeneration"] == 2)
        #expect(history.workers["CollectGeneration"]?.hasPrefix("\(second.identifier)@") == true, "\(history)")
        let taken = try #require(history.begun["CollectGeneration"]) - told.timeIntervalSince1970
        // Without being handed back it would wait for the limit of silence, 20 seconds.
        #expect(taken < 10, "\(taken) seconds")
        for process in [second, api] { #expect(await process.stop() == 0) }
        print("Temporal, handed over after \(taken) s, of which 1 s grace; the worker was gone after \(stop) s")
    }
}
