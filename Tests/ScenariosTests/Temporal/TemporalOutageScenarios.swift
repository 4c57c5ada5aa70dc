import AtelierTesting
import Foundation
import Testing

@Suite(.enabled(if: TemporalPlace.server != nil), .timeLimit(.minutes(5))) struct `While Temporal is away` {
    private static let body =
        #"{"name":"n","description":"d","variations":["1:1"],"image_metadata":\#(TemporalPlace.order)}"#

    @Test(arguments: [ServerProxy.Weather.down, .silent])
    func `new work is refused with nothing kept, and what was taken in goes on by itself`(
        weather: ServerProxy.Weather
    ) async throws {
        let place = try await TemporalPlace()
        let proxy = ServerProxy(to: try place.port())
        defer { proxy.stop() }
        let server = try await place.start(through: proxy.port)
        let client = Client(server)
        func post(key: String) async throws -> Client.Answer {
            try await client.send("POST", "/campaigns", json: Self.body, headers: ["Idempotency-Key": key])
        }
        func health() async throws -> (Int, String) {
            let answer = try await client.send("GET", "/health")
            return (answer.status, answer.text)
        }
        let older = try await post(key: "older")
        _ = try await client.finished(1)
        try await eventually("its end is noted") { try await Books(of: place).workflows["campaign-1"] == "completed" }
        // Under way when the connection goes.
        for number in 2...5 { #expect(try await post(key: "order-\(number)").status == 202) }
        proxy.weather = weather

        try await eventually("the outage is seen") { try await health().0 == 503 }
        // What an attempt has under way may still write to its row; a refused request may not add one.
        let before = try await Books(of: place).counts
        let refused = try await post(key: "new")
        let again = try await post(key: "older")
        let read = try await client.send("GET", "/campaigns/1")
        let after = try await Books(of: place).counts
        let (_, words) = try await health()

        #expect(refused.status == 503, "\(refused.text)")
        #expect(refused.header("Retry-After").flatMap { Int($0) } ?? 0 > 0)
        #expect(before == after)
        #expect(again.status == 202 && again.body == older.body, "\(again.text)")
        #expect(read.status == 200 && read.json["status"] as? String == "completed")
        #expect(words.contains("disconnected") && !words.contains("127.0.0.1"), "\(words)")
        proxy.weather = .fair
        try await eventually("the end of the outage is seen") { try await health().0 == 200 }
        #expect(try await health().1.contains(#""connected""#))
        #expect(try await post(key: "new").status == 202)
        for id in 2...6 {
            let campaign = try await client.finished(id)
            #expect(campaign["status"] as? String == "completed", "\(campaign)")
        }
        try await place.expectOnce(Array(1...6), pictures: 1)
        #expect(await server.stop() == 0)
    }
}
