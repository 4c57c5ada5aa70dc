import AtelierTesting
import Foundation
import Testing

@Suite(.timeLimit(.minutes(5))) struct `Bad input over HTTP` {
    /// A body and the status and words that answer it.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let body: [UInt8]
        let status: Int
        let words: String
        var testDescription: String { name }

        init(_ name: String, _ text: String, status: Int = 422, _ words: String) {
            self.init(name, Array(text.utf8), status: status, words)
        }
        init(_ name: String, _ body: [UInt8], status: Int = 422, _ words: String) {
            self.name = name
            self.body = body
            self.status = status
            self.words = words
        }
    }

    static let source = #""image_metadata":{"source_type":"local","path":"uploads/a.jpg"}"#
    static let bodies: [Case] = [
        Case("malformed", #"{"description":"#, "json_invalid"),
        Case("empty", "", "missing"),
        Case("not an object", "[1]", "dict_type"),
        Case("deep", String(repeating: "[", count: 5000), "deep"),
        Case("a name twice", #"{"description":"a","description":"b",\#(source)}"#, "json_invalid"),
        Case("not UTF-8", Array(#"{"description":""#.utf8) + [0xFF, 0xFE] + Array("\"}".utf8), "json_invalid"),
        Case("an endless number", #"{"description":1e999}"#, "json_invalid"),
        Case("an unknown field", #"{"description":"a","colour":"red",\#(source)}"#, "colour"),
        Case("too long a text", #"{"description":"\#(String(repeating: "a", count: 2001))",\#(source)}"#, "2000"),
        Case(
            "a path that climbs",
            #"{"description":"a","image_metadata":{"source_type":"local","path":"uploads/../x"}}"#, "climbs"),
        Case("too large", [UInt8](repeating: 0x20, count: 1 << 21), status: 413, "1048576"),
    ]

    @Test func `each body gets its one clear answer, and the server goes on`() async throws {
        let scratch = try Scratch()
        let server = try await AtelierProcess(home: scratch.url)
        let client = Client(server)

        for bad in Self.bodies {
            let answer = try await client.send(
                "POST", "/campaigns", body: Data(bad.body), headers: ["Content-Type": "application/json"])
            #expect(answer.status == bad.status, "\(bad.name): \(answer.text)")
            #expect(answer.text.contains(bad.words), "\(bad.name): \(answer.text)")
            #expect(answer.json["detail"] != nil, "\(bad.name)")
            #expect(answer.header("Content-Type") == "application/json")
        }

        let list = try await client.send("GET", "/campaigns")
        #expect((list.json["items"] as? [Any])?.isEmpty == true)
        #expect(
            try await client.send("POST", "/campaigns", body: Data("a=b".utf8), headers: ["Content-Type": "text/plain"])
                .status == 415)
        #expect(await server.stop() == 0)
    }

    @Test func `every fault of a body is answered at once, with the field it is in`() async throws {
        let scratch = try Scratch()
        let server = try await AtelierProcess(home: scratch.url)

        let answer = try await Client(server).send(
            "POST", "/campaigns",
            json: #"{"name":"","crop":"left","image_metadata":{"source_type":"local","path":"/etc/passwd"}}"#)

        let faults = try #require(answer.json["detail"] as? [[String: Any]])
        let places = faults.compactMap { ($0["loc"] as? [String])?.joined(separator: ".") }
        #expect(answer.status == 422)
        #expect(Set(places) == ["body.name", "body.description", "body.crop", "body.image_metadata.path"])
        #expect(faults.allSatisfy { $0["msg"] is String && $0["type"] is String })
    }

    @Test func `wrong, missing and garbled credentials get 401 before anything else is looked at`() async throws {
        let scratch = try Scratch()
        let server = try await AtelierProcess(home: scratch.url)
        let client = Client(server)
        let wrong = [
            nil, "Basic", "Basic !!!", "Basic " + Data("scenario".utf8).base64EncodedString(),
            "Basic " + Data("scenario:wrong".utf8).base64EncodedString(),
            "Basic " + Data("nobody:correct horse battery staple".utf8).base64EncodedString(), "Bearer abc",
            "Basic " + Data([0xFF, 0x3A, 0xFF]).base64EncodedString(),
        ]

        for credentials in wrong {
            for (method, path) in [
                ("POST", "/campaigns"), ("GET", "/campaigns/1"), ("DELETE", "/campaigns/1"), ("POST", "/uploads"),
            ] {
                let answer = try await client.send(
                    method, path, headers: credentials.map { ["Authorization": $0] } ?? [:], withCredentials: false)
                #expect(answer.status == 401, "\(method) \(path) with \(credentials ?? "nothing")")
                #expect(answer.header("WWW-Authenticate")?.hasPrefix("Basic ") == true)
            }
        }
    }

    @Test func `uploads that are no pictures are refused and leave nothing`() async throws {
        let scratch = try Scratch()
        let server = try await AtelierProcess(home: scratch.url)
        let client = Client(server)
        let photo = try await Pictures.photo()
        let cases: [(String, Data, Int)] = [
            ("text", Pictures.text, 415), ("nothing", Data(), 422), ("a giant header", Pictures.giantPNG, 422),
            ("a cut picture", photo.prefix(300), 422), ("too much", Data(count: 51 << 20), 413),
        ]

        for (name, content, status) in cases {
            let answer = try await client.upload(content)
            #expect(answer.status == status, "\(name): \(answer.text)")
            #expect(answer.json["detail"] != nil, "\(name)")
        }

        let files = FileManager.default.subpaths(atPath: scratch.file("files").path) ?? []
        #expect(files.allSatisfy { !$0.hasPrefix("uploads/") }, "\(files)")
        #expect(FileManager.default.subpaths(atPath: scratch.file("spool").path) == [])
        #expect(try await client.upload(photo).status == 201)
    }

    @Test(.enabled(if: SmallDisk.isPossible)) func `a full disk is said clearly and ends with the disk's room`()
        async throws
    {
        let disk = try SmallDisk(megabytes: 24)
        let home = URL(fileURLWithPath: disk.path)
        let photo = try await Pictures.photo()
        let server = try await AtelierProcess(home: home)
        let client = Client(server)
        let path = try #require(try await client.upload(photo).json["path"] as? String)
        disk.fill(disk.path + "/filler")

        let refused = try await client.upload(photo)
        var created: [Client.Answer] = []
        // Room in pages that are already there may take a few rows before the disk says no.
        while created.count < 2000, created.last?.status ?? 202 == 202 {
            created.append(
                try await client.send(
                    "POST", "/campaigns",
                    json:
                        #"{"description":"\#(String(repeating: "d", count: 2000))","image_metadata":{"source_type":"dropbox","dropbox_path":"/a"}}"#
                ))
        }
        let read = try await client.send("GET", "/campaigns")
        unlink(disk.path + "/filler")

        #expect(refused.status == 503)
        #expect(refused.header("Retry-After") != nil)
        #expect(created.last?.status == 503, "\(created.last?.text ?? "")")
        #expect(created.last?.text.contains("no room") == true)
        #expect(read.status == 200)
        let id = try await client.createCampaign(#"{"source_type":"local","path":"\#(path)"}"#)
        #expect(try await client.finished(id)["status"] as? String == "completed")
        #expect(await server.stop() == 0)
    }
}
