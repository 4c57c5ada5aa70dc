import Foundation
import Testing

@Suite(.timeLimit(.minutes(5))) struct `Crashes` {
    /// The kills come from outside, so no campaign may be blamed for them.
    private static let patience = ["ATELIER_CRASH_LIMIT": "1000"]
    private static let order = #"{"source_type":"local","path":"uploads/photo.jpg"}"#

    /// The program is killed again and again while 50 campaigns run.
    ///
    /// Each round lets it live a little longer than the last, so that the kills fall on admissions, claims, renders and
    /// completions alike.
    @Test func `every acknowledged campaign is completed exactly once, however often the program is killed`()
        async throws
    {
        let scratch = try Scratch()
        let photo = try await Pictures.photo()
        try scratch.place(photo, at: "uploads/photo.jpg")
        var ids: [Int] = []
        var kills = 0
        while ids.count < 50 {
            let server = try await AtelierProcess(home: scratch.url, environment: Self.patience)
            let killer = server.killed(after: .milliseconds(20 + (kills * 37) % 400))
            while ids.count < 50, let id = try? await Client(server).createCampaign(Self.order) { ids.append(id) }
            try await killer.value
            kills += 1
        }
        for round in 0..<12 {
            let server = try await AtelierProcess(home: scratch.url, environment: Self.patience)
            try await server.killed(after: .milliseconds(30 + (round * 61) % 500)).value
            kills += 1
        }

        let server = try await AtelierProcess(home: scratch.url, environment: Self.patience)
        let client = Client(server)
        for id in ids {
            let campaign = try await client.finished(id)
            #expect(campaign["status"] as? String == "completed", "\(campaign)")
            #expect((campaign["processed_images"] as? [String: String])?.count == 3)
        }

        #expect(Set(ids).count == 50)
        #expect(kills >= 13)
        #expect(await server.stop() == 0)
        let histories = try await Histories(database: scratch.file("atelier.db"))
        for id in ids {
            #expect(try histories.status(of: "campaign-\(id)") == "completed")
            for step in ["BeginCampaign", "CheckUpload", "RenderPictures", "PublishCampaign"] {
                #expect(try histories.outcomes(of: step, in: "campaign-\(id)") == 1, "\(step) of \(id)")
            }
        }
    }
}
