import AtelierTesting
import Foundation
import Testing

@Suite(.timeLimit(.minutes(5))) struct `The program` {
    @Test func `says every fault of its settings at once and exits with 3`() async throws {
        let scratch = try Scratch()
        let environment = AtelierProcess.environment(
            home: scratch.url, adding: ["API_PORT": "99999", "ATELIER_LOG_LEVEL": "loud", "ATELIER_COLOUR": "red"])

        let run = try await AtelierProcess.run(["serve"], in: scratch.url, environment: environment)

        #expect(run.code == 3)
        for name in ["API_PORT", "ATELIER_LOG_LEVEL", "ATELIER_COLOUR"] { #expect(run.output.contains(name)) }
        #expect(!run.output.contains(AtelierProcess.password))
    }

    @Test(arguments: [
        ["dance"], ["serve", "--loud"], ["serve", "now"], ["bench", "--clients", "many"],
        ["queues"], ["queues", "pause"], ["queues", "limit", "gpu"], ["queues", "limit", "gpu", "--rate", "-1"],
    ])
    func `exits with 2 when it is called wrongly`(arguments: [String]) async throws {
        let scratch = try Scratch()

        let run = try await AtelierProcess.run(
            arguments, in: scratch.url, environment: AtelierProcess.environment(home: scratch.url))

        #expect(run.code == 2)
        #expect(run.output.contains("--help"))
    }

    @Test func `explains itself`() async throws {
        let scratch = try Scratch()
        let environment = AtelierProcess.environment(home: scratch.url)

        let all = try await AtelierProcess.run(["--help"], in: scratch.url, environment: environment)
        let one = try await AtelierProcess.run(["worker", "--help"], in: scratch.url, environment: environment)

        #expect(all.code == 0 && one.code == 0)
        for command in ["serve", "api", "worker", "migrate", "doctor", "demo", "bench"] {
            #expect(all.output.contains(command))
        }
        #expect(one.output.contains("--queue"))
    }

    @Test func `looks after task queues from a terminal`() async throws {
        let scratch = try Scratch()
        let environment = AtelierProcess.environment(home: scratch.url)
        func queues(_ words: String...) async throws -> (code: Int32, output: String) {
            try await AtelierProcess.run(["queues"] + words, in: scratch.url, environment: environment)
        }

        let limited = try await queues("limit", "gpu", "--concurrency", "2", "--rate", "0.5")
        let lifted = try await queues("limit", "gpu", "--rate", "none")
        let drained = try await queues("drain", "gpu", "--reason", "new driver", "--timeout", "5")
        let listed = try await queues("list", "--json")
        let weighed = try await queues("weight", "alice", "--weight", "3")
        let resumed = try await queues("resume", "gpu")

        #expect([limited, lifted, drained, listed, weighed, resumed].map(\.code) == [0, 0, 0, 0, 0, 0])
        #expect(limited.output.contains("0.5/s"))
        #expect(listed.output.contains(#""concurrency_limit":2"#) && listed.output.contains(#""rate_limit":null"#))
        #expect(listed.output.contains(#""pause_reason":"new driver""#))
        #expect(drained.output.contains("paused: new driver") && resumed.output.contains("serving"))
    }

    @Test func `writes random secrets on the first start, for its owner only, and keeps them`() async throws {
        let scratch = try Scratch()
        let own = ["API_USERNAME": "", "API_PASSWORD": "", "ATELIER_LINK_SECRET": ""]
        let file = scratch.file(".env")

        let first = try await AtelierProcess(home: scratch.url, environment: own)
        let written = try String(contentsOf: file, encoding: .utf8)
        let anonymous = try await Client(first).send("GET", "/campaigns")
        await first.stop()
        let second = try await AtelierProcess(home: scratch.url, environment: own)
        await second.stop()

        let mode = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        #expect(written.contains("API_PASSWORD=") && written.contains("ATELIER_LINK_SECRET="))
        #expect(anonymous.status == 401, "the password of the tests does not work here")
        #expect(try String(contentsOf: file, encoding: .utf8) == written)
    }

    @Test func `doctor names every setting, its source and what works, and shows no secret`() async throws {
        let scratch = try Scratch()
        let environment = AtelierProcess.environment(home: scratch.url)

        let run = try await AtelierProcess.run(["doctor"], in: scratch.url, environment: environment)

        #expect(run.code == 0, "\(run.output)")
        for word in ["API_PORT", "environment", "default"]
            + ["database", "engine", "storage", "imaging"].map({ "ok    \($0)" })
        {
            #expect(run.output.contains(word), "\(word)")
        }
        #expect(!run.output.contains(AtelierProcess.password) && run.output.contains("(hidden)"))
    }

    @Test func `doctor says that Temporal is not there`() async throws {
        let scratch = try Scratch()
        // A port that nobody has: the discard service's.
        let environment = AtelierProcess.environment(
            home: scratch.url, adding: ["ATELIER_ENGINE": "temporal", "TEMPORAL_ADDRESS": "127.0.0.1:9"])

        let run = try await AtelierProcess.run(["doctor"], in: scratch.url, environment: environment)

        #expect(run.code == 1)
        #expect(run.output.contains("FAIL  engine") && run.output.contains("127.0.0.1:9"), "\(run.output)")
        #expect(run.output.contains("ok    database"))
    }

    @Test func `a port that is taken is said in words`() async throws {
        let scratch = try Scratch()
        let server = try await AtelierProcess(home: scratch.url)
        let other = try Scratch()

        let run = try await AtelierProcess.run(
            ["api"], in: other.url,
            environment: AtelierProcess.environment(home: other.url, adding: ["API_PORT": "\(server.port)"]))

        #expect(run.code == 1)
        #expect(run.output.contains("\(server.port)"))
    }

    @Test func `stops cleanly while work is in flight, and the next start finishes it`() async throws {
        let scratch = try Scratch()
        let first = try await AtelierProcess(home: scratch.url, environment: ["ATELIER_SHUTDOWN_GRACE": "0s"])
        let id = try await Client(first).createCampaign(#"{"source_type":"ai_generated","prompt":"A green valley"}"#)
        #expect(await first.stop() == 0)

        let second = try await AtelierProcess(home: scratch.url)

        #expect(try await Client(second).finished(id)["status"] as? String == "completed")
    }

    @Test func `the API alone takes work in, and a worker beside it carries it out`() async throws {
        let scratch = try Scratch()
        let api = try await AtelierProcess(["api"], home: scratch.url)
        let client = Client(api)
        try scratch.place(try await Pictures.photo(), at: "uploads/photo.jpg")
        let id = try await client.createCampaign(#"{"source_type":"local","path":"uploads/photo.jpg"}"#)
        #expect(try await client.send("GET", "/campaigns/\(id)").json["status"] as? String == "pending")

        let worker = try await AtelierProcess(["worker"], home: scratch.url)

        #expect(try await client.finished(id)["status"] as? String == "completed")
        #expect(await worker.stop() == 0)
        #expect(await api.stop() == 0)
    }
}

@Suite(.timeLimit(.minutes(5))) struct `What every installation answers` {
    @Test func `health, metrics and documentation are there without credentials`() async throws {
        let scratch = try Scratch()
        let server = try await AtelierProcess(home: scratch.url)
        let client = Client(server)
        func get(_ path: String) async throws -> Client.Answer {
            try await client.send("GET", path, withCredentials: false)
        }

        let health = try await get("/health")
        #expect(health.json["status"] as? String == "healthy" && health.json["temporal"] as? String == "embedded")
        #expect(try await get("/health/live").status == 200)
        let document = try await get("/openapi.json")
        #expect(document.json["openapi"] as? String == "3.1.0")
        let paths = try #require(document.json["paths"] as? [String: Any])
        #expect(
            Set(["/campaigns", "/campaigns/{id}", "/uploads", "/files/{key}", "/health"]).isSubset(of: Set(paths.keys)))
        for page in ["/docs", "/redoc"] {
            let html = try await get(page)
            #expect(html.status == 200 && html.text.contains("/campaigns"))
            #expect(
                !html.text.contains("src=\"http") && !html.text.contains("href=\"http"), "the page loads from outside")
        }
        _ = try await client.createCampaign(#"{"source_type":"dropbox","dropbox_path":"/a"}"#)
        let metrics = try await get("/metrics").text
        for name in [
            "atelier_http_requests_total", "atelier_http_request_seconds_bucket", "atelier_http_connections",
            "atelier_queue_depth", "atelier_worker_busy", "atelier_worker_slots", "atelier_storage_bytes",
            "atelier_storage_objects", "atelier_database_connections", "process_resident_memory_bytes",
        ] {
            #expect(metrics.contains(name), "\(name)")
        }
    }

    @Test func `every answer carries a request id, the client's own where it is one`() async throws {
        let scratch = try Scratch()
        let server = try await AtelierProcess(home: scratch.url)
        let client = Client(server)

        let own = try await client.send("GET", "/campaigns/77", headers: ["X-Request-ID": "order-17"])
        let forged = try await client.send("GET", "/nowhere", headers: ["X-Request-ID": "a b\\n"])

        #expect(own.status == 404 && own.header("X-Request-ID") == "order-17")
        #expect(forged.status == 404 && forged.header("X-Request-ID")?.count == 32)
        #expect(try await client.send("PUT", "/campaigns").header("Allow")?.contains("POST") == true)
        let log = scratch.file("logs/atelier.log")
        try await eventually("the log has the request's id") {
            try String(contentsOf: log, encoding: .utf8).contains("order-17")
        }
    }

    @Test func `pages of configured origins may call it, others may not`() async throws {
        let scratch = try Scratch()
        let server = try await AtelierProcess(
            home: scratch.url, environment: ["ATELIER_CORS_ORIGINS": "https://shop.example"])
        let client = Client(server)

        let allowed = try await client.send("GET", "/campaigns", headers: ["Origin": "https://shop.example"])
        let refused = try await client.send("GET", "/campaigns", headers: ["Origin": "https://evil.example"])
        let asked = try await client.send(
            "OPTIONS", "/campaigns",
            headers: ["Origin": "https://shop.example", "Access-Control-Request-Method": "POST"])

        #expect(allowed.header("Access-Control-Allow-Origin") == "https://shop.example")
        #expect(refused.header("Access-Control-Allow-Origin") == nil)
        #expect(asked.status == 204 && asked.header("Access-Control-Allow-Methods")?.contains("POST") == true)
    }

    @Test func `links to pictures are refused once a byte is changed`() async throws {
        let scratch = try Scratch()
        let server = try await AtelierProcess(home: scratch.url)
        let client = Client(server)
        let upload = try await client.upload(try await Pictures.photo())
        let url = try #require(upload.json["url"] as? String)

        let whole = try await client.send("GET", url, withCredentials: false)
        let part = try await client.send("GET", url, headers: ["Range": "bytes=0-9"], withCredentials: false)
        let known = try await client.send(
            "GET", url, headers: ["If-None-Match": whole.header("ETag") ?? ""], withCredentials: false)

        #expect(whole.status == 200)
        #expect(part.status == 206 && part.body == whole.body.prefix(10))
        #expect(known.status == 304)
        for changed in [
            url.dropLast(), url.replacing("exp=", with: "exp=9")[...], url.replacing(".jpg?", with: ".jpeg?")[...],
        ] {
            #expect(try await client.send("GET", String(changed), withCredentials: false).status == 403)
        }
        let bare = try await client.send(
            "GET", url.split(separator: "?").first.map(String.init) ?? "", withCredentials: false)
        #expect(bare.status == 403)
    }
}

@Suite(.timeLimit(.minutes(5))) struct `The README` {
    @Test func `names every setting and every command`() async throws {
        let scratch = try Scratch()
        let environment = AtelierProcess.environment(home: scratch.url)
        let text = try String(contentsOf: AtelierProcess.checkout.appendingPathComponent("README.md"), encoding: .utf8)

        let doctor = try await AtelierProcess.run(["doctor"], in: scratch.url, environment: environment)
        let help = try await AtelierProcess.run(["--help"], in: scratch.url, environment: environment)

        let settings = doctor.output.split(separator: "\n").compactMap { $0.firstMatch(of: #/^([A-Z][A-Z_]+) /#)?.1 }
        let commands = help.output.split(separator: "\n").compactMap { $0.firstMatch(of: #/^  ([a-z]+) /#)?.1 }
        #expect(settings.count > 20 && commands.count >= 7)
        for name in settings { #expect(text.contains("`\(name)`"), "\(name)") }
        for name in commands { #expect(text.contains("`\(name)`"), "\(name)") }
    }
}
