import AtelierTesting
import Foundation
import Testing

@Suite(.enabled(if: TemporalPlace.server != nil), .timeLimit(.minutes(5))) struct `Between our row and Temporal` {
    @Test func `a kill right after the answer loses no campaign and starts none twice`() async throws {
        let place = try await TemporalPlace()
        var ids: [Int] = []
        let kills = 10
        for round in 0..<kills {
            let server = try await place.start()
            let client = Client(server)
            for _ in 0..<2 { ids.append(try await client.createCampaign(TemporalPlace.order)) }
            // Before the dispatcher has begun, in its call, after it: 0, 0, 1, 3, 6, 10 ... milliseconds.
            try await server.killed(after: .milliseconds(round * (round - 1) / 2)).value
        }

        let server = try await place.start()
        for id in ids { try await Self.expectCompleted(id, Client(server)) }
        try await place.expectOnce(ids)
        #expect(await server.stop() == 0)
        print("Temporal, kills after the answer: \(kills) kills, \(ids.count) campaigns acknowledged, lost 0, twice 0")
    }

    @Test func `what Temporal was never told before a kill, the next process tells it`() async throws {
        let place = try await TemporalPlace()
        let proxy = ServerProxy(to: try place.port())
        defer { proxy.stop() }
        let (first, ids) = try await admitted(at: place, through: proxy, in: .silent)
        await first.kill()

        let kept = try await Books(of: place)
        let unknown = try await place.tool("workflow", "describe", "--workflow-id", "campaign-\(ids[1])")
        #expect(kept.outbox == 2 && kept.campaigns.values.allSatisfy { $0 == "pending" })
        #expect(unknown.code != 0, "\(unknown.output)")
        let second = try await place.start()
        for id in ids { try await Self.expectCompleted(id, Client(second)) }
        try await place.expectOnce(ids)
        #expect(await second.stop() == 0)
    }

    @Test func `what Temporal was told before a kill, but we did not hear of, is told again to no effect`() async throws
    {
        let place = try await TemporalPlace()
        let proxy = ServerProxy(to: try place.port())
        defer { proxy.stop() }
        let (first, ids) = try await admitted(at: place, through: proxy, in: .holdsReplies)
        for id in ids {
            try await eventually("campaign \(id) is with Temporal") {
                try await place.tool("workflow", "describe", "--workflow-id", "campaign-\(id)").code == 0
            }
        }
        await first.kill()

        let kept = try await Books(of: place)
        #expect(kept.outbox == 2)
        let second = try await place.start()
        for id in ids { try await Self.expectCompleted(id, Client(second)) }
        try await place.expectOnce(ids)
        #expect(await second.stop() == 0)
    }

    /// Has an API process take in three campaigns: one on a good day, and two while the connection to Temporal is as
    /// `weather` says.
    private func admitted(
        at place: TemporalPlace, through proxy: ServerProxy, in weather: ServerProxy.Weather
    ) async throws -> (AtelierProcess, [Int]) {
        let server = try await place.start("api", through: proxy.port)
        let client = Client(server)
        var ids = [try await client.createCampaign(TemporalPlace.order)]
        try await eventually("Temporal is told of the first") { try await Books(of: place).outbox == 0 }
        proxy.weather = weather
        for _ in 0..<2 { ids.append(try await client.createCampaign(TemporalPlace.order)) }
        return (server, ids)
    }

    private static func expectCompleted(_ id: Int, _ client: Client) async throws {
        let campaign = try await client.finished(id)
        #expect(campaign["status"] as? String == "completed", "\(campaign)")
    }
}
