import Foundation
import Testing

// Without the server, as in a plain `swift test`, there is nothing to run these on; ./test.sh starts it.
@Suite(.enabled(if: TemporalPlace.server != nil), .timeLimit(.minutes(5))) struct `A program with Temporal's SDK` {
    /// A campaign that has no row with us: whoever starts it keeps the books.
    private static func order(_ id: Int) -> String {
        #"{"id":\#(id),"image":{"local":{"_0":"uploads/photo.jpg"}},"ratios":["1:1"],"crop":"centre"}"#
    }

    @Test func `starts a campaign on our worker, asks where it stands, and reads its result as JSON`() async throws {
        let place = try await TemporalPlace()
        let server = try await place.start()

        let answer = try await place.ask("run", "theirs-1", Self.order(900_001))

        let result = try #require(answer["result"] as? [String: Any])
        let pictures = try #require(result["pictures"] as? [[String: String]])
        let expected: [[String: String]] = [["ratio": "1:1", "key": "generated/campaigns/900001/1x1.jpg"]]
        #expect(pictures == expected)
        #expect((result["origin"] as? [String: Any])?["kind"] as? String == "upload")
        let status = try #require(answer["status"] as? [String: Any])
        #expect(status["status"] as? String == "completed" && status["step"] as? String == "publishing")
        #expect(status["progress"] as? Int == 95)
        let picture = try Data(contentsOf: place.scratch.file("files/generated/campaigns/900001/1x1.jpg"))
        let header = try #require(JPEGHeader(picture))
        #expect(header.width == 1080 && header.height == 1080)
        #expect(await server.stop() == 0)
    }

    @Test func `attaches to a campaign that came over HTTP, and finds it by its owner`() async throws {
        let place = try await TemporalPlace()
        let server = try await place.start()
        let client = Client(server)

        let id = try await client.createCampaign(TemporalPlace.order)
        _ = try await client.finished(id)
        let waited = try await place.ask("wait", "campaign-\(id)")
        let found = try await place.ask("look", "campaign-\(id)")

        let result = try #require(waited["result"] as? [String: Any])
        let pictures = try #require(result["pictures"] as? [Any])
        #expect(pictures.count == 3)
        #expect(found["type"] as? String == "ProcessCampaign" && found["queue"] as? String == "atelier-default")
        #expect(found["execution"] as? String == "COMPLETED")
        let memo = try #require(found["memo"] as? [String: Any])
        #expect(memo["studio"] as? String == "campaigns" && memo["job_id"] as? String == "\(id)")
        #expect(memo["owner"] as? String == AtelierProcess.user)
        let refusal = try #require(found["refusal"] as? String)
        #expect(refusal.contains("unknown query colour") && refusal.contains("status"))
        try await eventually("it is listed with its owner") {
            let owned = try await place.python(["owned", AtelierProcess.user]) as? [[String: Any]] ?? []
            return owned.compactMap { $0["id"] as? String }.joined() == "campaign-\(id)"
        }
        #expect(await server.stop() == 0)
    }

    @Test func `asks a running campaign where it stands, and cancels it`() async throws {
        let place = try await TemporalPlace()
        let server = try await place.start()
        #expect(try await place.atelier("queues", "pause", "default").code == 0)

        _ = try await place.ask("start", "theirs-2", Self.order(900_002))
        let before = try await place.ask("look", "theirs-2")
        _ = try await place.ask("cancel", "theirs-2")
        #expect(try await place.atelier("queues", "resume", "default").code == 0)
        let end = try await place.ask("wait", "theirs-2")

        let status = try #require(before["status"] as? [String: Any])
        #expect(before["execution"] as? String == "RUNNING")
        #expect(status["status"] as? String == "running" && status["step"] as? String == "processing")
        #expect(status["progress"] as? Int == 5)
        #expect(end["failure"] as? String == "CancelledError")
        let folder = place.scratch.file("files/generated/campaigns/900002")
        #expect(!FileManager.default.fileExists(atPath: folder.path))
        #expect(await server.stop() == 0)
    }

    @Test func `borrows an activity of ours for a workflow of its own`() async throws {
        let place = try await TemporalPlace()
        let server = try await place.start()
        let size = try Data(contentsOf: place.scratch.file("files/uploads/photo.jpg")).count

        let answer = try await place.ask("own", "uploads/photo.jpg")

        let picture = try #require(answer["picture"] as? [String: Any])
        #expect((picture["asset"] as? [String: Any])?["key"] as? String == "uploads/photo.jpg")
        #expect(answer["words"] as? String == "upload of \(size) bytes")
        let audit = try #require(try await HistoryAudit.all(["InspectPicture"], at: place).first)
        let completed: [String: Int] = ["CheckUpload": 1, "describe": 1]
        #expect(audit.completed == completed)
        #expect(audit.workers["CheckUpload"]?.hasPrefix("\(server.identifier)@") == true)
        #expect(await server.stop() == 0)
    }

    @Test func `hears in its own words why our activity failed, and is not made to try for ever`() async throws {
        let place = try await TemporalPlace()
        let server = try await place.start()

        let failure = try await place.ask("own_failure", "uploads/absent.jpg")

        #expect(failure["type"] as? String == "sourceMissing" && failure["activity"] as? String == "CheckUpload")
        #expect((failure["message"] as? String)?.contains("no file") == true, "\(failure)")
        #expect(failure["non_retryable"] as? Bool == true)
        #expect(await server.stop() == 0)
    }
}
