import Foundation
import Testing

@Suite(.timeLimit(.minutes(5))) struct `Deleting a campaign over HTTP` {
    private static let order = #"{"source_type":"local","path":"uploads/photo.jpg"}"#

    @Test func `works queued, running and done, says so twice and for a wrong id, and harms no neighbour`()
        async throws
    {
        let scratch = try Scratch()
        try scratch.place(try await Pictures.photo(), at: "uploads/photo.jpg")
        let api = try await AtelierProcess(["api"], home: scratch.url)
        let client = Client(api)
        func delete(_ id: String) async throws -> Int { try await client.send("DELETE", "/campaigns/\(id)").status }
        let queued = try await client.createCampaign(Self.order)
        let neighbour = try await client.createCampaign(Self.order)
        let done = try await client.createCampaign(Self.order)

        #expect(try await delete("\(queued)") == 204)
        #expect(try await delete("\(queued)") == 404)
        #expect(try await delete("987654") == 404)
        let worker = try await AtelierProcess(["worker"], home: scratch.url)
        #expect(try await client.finished(done)["status"] as? String == "completed")
        #expect(try await delete("\(done)") == 204)
        #expect(try await delete("\(done)") == 404)
        // At whatever point of its work each of these is by then.
        for step in 0..<8 {
            let id = try await client.createCampaign(Self.order)
            try await Task.sleep(for: .milliseconds(step * 15))
            #expect(try await delete("\(id)") == 204)
            #expect(try await client.send("GET", "/campaigns/\(id)").status == 404)
        }

        let survivor = try await client.finished(neighbour)
        #expect(survivor["status"] as? String == "completed")
        let links = try #require(survivor["image_urls"] as? [String: String])
        #expect(links.count == 3)
        for link in links.values { #expect(try await client.send("GET", link, withCredentials: false).status == 200) }
        let folder = scratch.file("files/generated/campaigns").path
        try await eventually("the pictures of the deleted ones are gone") {
            let left = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            let files = left.filter { name in
                ((try? FileManager.default.contentsOfDirectory(atPath: folder + "/" + name)) ?? []).isEmpty == false
            }
            return files == ["\(neighbour)"]
        }
        #expect(await worker.stop() == 0)
        #expect(await api.stop() == 0)
    }

    @Test func `with one id twice while it runs gets one campaign`() async throws {
        let scratch = try Scratch()
        try scratch.place(try await Pictures.photo(), at: "uploads/photo.jpg")
        let server = try await AtelierProcess(home: scratch.url)
        let client = Client(server)
        let key = ["Idempotency-Key": "order-17"]
        let body = #"{"name":"Spring","description":"A test","image_metadata":\#(Self.order)}"#

        let first = try await client.send("POST", "/campaigns", json: body, headers: key)
        let whileRunning = try await client.send("POST", "/campaigns", json: body, headers: key)
        let other = try await client.send(
            "POST", "/campaigns", json: body.replacingOccurrences(of: "Spring", with: "Autumn"), headers: key)
        _ = try await client.finished(1)
        let afterwards = try await client.send("POST", "/campaigns", json: body, headers: key)

        #expect(first.status == 202 && whileRunning.body == first.body && afterwards.body == first.body)
        #expect(other.status == 422)
        let list = try await client.send("GET", "/campaigns")
        #expect((list.json["items"] as? [Any])?.count == 1)
        #expect(await server.stop() == 0)
    }
}

@Suite(.timeLimit(.minutes(5))) struct `An id that is none` {
    /// Blank, NUL, climbing, look-alikes (full-width digits, a mark that turns the direction), huge, signed, odd.
    private static let ids = [
        "%20", "%00", "1%00", "..%2F..%2Fetc%2Fpasswd", "%EF%BC%91", "1%E2%80%8F", "%D9%A1", "1%20", "+1", "-1", "1e3",
        "0x1", "1.0", String(repeating: "9", count: 40), "abc",
    ]

    @Test func `is refused with 422, one with NUL and one of 10 kB before they are looked at`() async throws {
        let scratch = try Scratch()
        let server = try await AtelierProcess(["api"], home: scratch.url)
        let client = Client(server)
        _ = try await client.createCampaign(#"{"source_type":"dropbox","dropbox_path":"/a"}"#)

        for id in Self.ids {
            for method in ["GET", "DELETE"] {
                let answer = try await client.send(method, "/campaigns/\(id)")
                // No route ever sees a control character.
                let expected = id.contains("%00") ? 400 : 422
                #expect(answer.status == expected, "\(method) \(id): \(answer.status) \(answer.text)")
                #expect(answer.json["detail"] != nil, "\(id)")
            }
        }
        let long = try await client.send("GET", "/campaigns/" + String(repeating: "1", count: 10_000))
        #expect([414, 422, 431].contains(long.status), "\(long.status)")
        #expect(try await client.send("GET", "/campaigns/1").status == 200)
        #expect(await server.stop() == 0)
    }
}
