import Foundation
import Testing

@Suite(.timeLimit(.minutes(5))) struct `Campaigns over HTTP` {
    @Test func `an uploaded picture becomes three cropped JPEGs that a browser can open`() async throws {
        let scratch = try Scratch()
        let photo = try await Pictures.photo()
        let server = try await AtelierProcess(home: scratch.url)
        let client = Client(server)

        let upload = try await client.upload(photo)
        let path = try #require(upload.json["path"] as? String)
        let id = try await client.createCampaign(#"{"source_type":"local","path":"\#(path)"}"#)
        let campaign = try await client.finished(id)

        #expect(upload.status == 201)
        #expect(upload.json["width"] as? Int == 640 && upload.json["height"] as? Int == 480)
        #expect(upload.json["media_type"] as? String == "image/jpeg")
        #expect(campaign["status"] as? String == "completed")
        #expect(campaign["completed_at"] is String)
        let urls = try #require(campaign["image_urls"] as? [String: String])
        let expected = ["1:1": [1080, 1080], "9:16": [1080, 1920], "16:9": [1920, 1080]]
        #expect(Set(urls.keys) == Set(expected.keys))
        for (ratio, size) in expected {
            let picture = try await client.send("GET", try #require(urls[ratio]), withCredentials: false)
            let header = try #require(JPEGHeader(picture.body))
            #expect([header.width, header.height] == size)
            #expect(header.hasProfile && !header.hasEXIF)
            #expect(picture.header("Content-Type") == "image/jpeg")
        }
        let paths = try #require(campaign["processed_images"] as? [String: String])
        #expect(paths.values.allSatisfy { $0.hasPrefix("generated/") })
        #expect(await server.stop() == 0)
    }

    @Test func `a prompt becomes pictures that say they are procedural`() async throws {
        let scratch = try Scratch()
        let server = try await AtelierProcess(home: scratch.url)
        let client = Client(server)

        let id = try await client.createCampaign(
            #"{"source_type":"ai_generated","prompt":"A calm sea at sunset","seed":7}"#)
        let campaign = try await client.finished(id)

        #expect(campaign["status"] as? String == "completed")
        let origin = try #require(campaign["origin"] as? [String: Any])
        #expect(origin["kind"] as? String == "procedural")
        let urls = try #require(campaign["image_urls"] as? [String: String])
        let picture = try await client.send("GET", try #require(urls["1:1"]))
        #expect(String(decoding: picture.body, as: UTF8.self).contains("algorithmicMedia"))
        #expect(await server.stop() == 0)
    }

    @Test func `a picture that cannot be used ends the campaign with words for the client`() async throws {
        let scratch = try Scratch()
        try scratch.place(Pictures.text, at: "uploads/text.jpg")
        try scratch.place(Data(), at: "uploads/empty.jpg")
        try scratch.place(Pictures.giantPNG, at: "uploads/giant.png")
        try scratch.place(try await Pictures.photo().prefix(9_000), at: "uploads/truncated.jpg")
        try FileManager.default.createSymbolicLink(
            at: scratch.file("files/uploads/link.jpg"), withDestinationURL: URL(fileURLWithPath: "/etc/passwd"))
        let server = try await AtelierProcess(home: scratch.url)
        let client = Client(server)

        for (path, words) in [
            ("uploads/text.jpg", "JPEG"), ("uploads/empty.jpg", "empty"), ("uploads/giant.png", "pixels"),
            ("uploads/truncated.jpg", "cut"), ("uploads/link.jpg", "link"), ("uploads/absent.jpg", "no file"),
        ] {
            let id = try await client.createCampaign(#"{"source_type":"local","path":"\#(path)"}"#)
            let campaign = try await client.finished(id)
            #expect(campaign["status"] as? String == "failed", "\(path)")
            let message = try #require(campaign["error_message"] as? String)
            #expect(message.contains(words), "\(path): \(message)")
            #expect(!message.contains(scratch.url.path), "a host path reached the client")
            #expect(campaign["processed_images"] as? [String: String] == [:])
        }
        #expect(try await client.send("GET", "/health").status == 200)
    }

    @Test func `Dropbox without a configuration fails with what to do instead`() async throws {
        let scratch = try Scratch()
        let server = try await AtelierProcess(home: scratch.url)
        let client = Client(server)

        let id = try await client.createCampaign(#"{"source_type":"dropbox","dropbox_path":"/shoe.jpg"}"#)
        let campaign = try await client.finished(id)

        let message = try #require(campaign["error_message"] as? String)
        #expect(campaign["status"] as? String == "failed")
        #expect(message.contains("Dropbox is not configured"))
    }

    @Test func `deleting a campaign removes its row and its pictures`() async throws {
        let scratch = try Scratch()
        let server = try await AtelierProcess(home: scratch.url)
        let client = Client(server)
        let id = try await client.createCampaign(#"{"source_type":"ai_generated","prompt":"Leaves"}"#)
        let campaign = try await client.finished(id)
        let urls = try #require(campaign["image_urls"] as? [String: String])
        let url = try #require(urls["1:1"])

        let deleted = try await client.send("DELETE", "/campaigns/\(id)")

        #expect(deleted.status == 204)
        #expect(try await client.send("GET", "/campaigns/\(id)").status == 404)
        #expect(try await client.send("DELETE", "/campaigns/\(id)").status == 404)
        try await eventually("the pictures are gone") { try await client.send("GET", url).status == 404 }
        #expect(!FileManager.default.fileExists(atPath: scratch.file("files/generated/campaigns/\(id)").path))
    }

    @Test func `deleting a running campaign stops it and leaves nothing`() async throws {
        let scratch = try Scratch()
        let server = try await AtelierProcess(home: scratch.url)
        let client = Client(server)
        let id = try await client.createCampaign(#"{"source_type":"ai_generated","prompt":"A green valley"}"#)

        let deleted = try await client.send("DELETE", "/campaigns/\(id)")

        #expect(deleted.status == 204)
        let database = scratch.file("atelier.db")
        try await eventually("its removal is done") {
            try await Histories(database: database).status(of: "campaign-\(id)-removal") == "completed"
        }
        let end = try await Histories(database: database).status(of: "campaign-\(id)")
        #expect(end == "cancelled" || end == "completed", "\(end ?? "nothing")")
        #expect(!FileManager.default.fileExists(atPath: scratch.file("files/generated/campaigns/\(id)").path))
    }

    @Test func `lists are paged newest first`() async throws {
        let scratch = try Scratch()
        let server = try await AtelierProcess(home: scratch.url)
        let client = Client(server)
        var ids: [Int] = []
        for _ in 0..<5 {
            ids.append(try await client.createCampaign(#"{"source_type":"local","path":"uploads/absent.jpg"}"#))
        }

        var seen: [Int] = []
        var cursor: String?
        repeat {
            let page = try await client.send("GET", "/campaigns?limit=2" + (cursor.map { "&cursor=\($0)" } ?? ""))
            #expect(page.status == 200)
            seen += (page.json["items"] as? [[String: Any]] ?? []).compactMap { $0["id"] as? Int }
            cursor = page.json["next_cursor"] as? String
        } while cursor != nil

        #expect(seen == ids.reversed())
    }

    @Test func `an Idempotency-Key gives the same campaign again and refuses another body`() async throws {
        let scratch = try Scratch()
        let server = try await AtelierProcess(home: scratch.url)
        let client = Client(server)
        let key = ["Idempotency-Key": "order-17"]
        func post(_ description: String) async throws -> Client.Answer {
            try await client.send(
                "POST", "/campaigns",
                json: """
                    {"description":"\(description)","image_metadata":{"source_type":"local","path":"uploads/a.jpg"}}
                    """, headers: key)
        }

        let first = try await post("One")
        let second = try await post("One")
        let other = try await post("Two")

        #expect(first.status == 202 && second.status == 202)
        #expect(first.body == second.body)
        #expect(other.status == 422)
        let list = try await client.send("GET", "/campaigns")
        #expect((list.json["items"] as? [Any])?.count == 1)
    }
}

/// Asks again until `condition` holds, for things that the server does after it answered.
func eventually(
    _ what: Comment, within limit: Duration = .seconds(30), every pause: Duration = .milliseconds(50),
    _ condition: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + limit
    while ContinuousClock.now < end {
        if try await condition() { return }
        try await Task.sleep(for: pause)
    }
    Issue.record(what)
}
