import AtelierTesting
import Database
import Foundation
import Testing

// Without servers, as in a plain `swift test`, there is nothing to run these on; ./test.sh starts them.
@Suite(.enabled(if: !TestDatabase.servers.isEmpty), .timeLimit(.minutes(5))) struct `On a database server` {
    private static let order = #"{"source_type":"local","path":"uploads/photo.jpg"}"#

    @Test(arguments: TestDatabase.servers)
    func `an API and workers apart from it finish what was taken in, though workers are killed`(on kind: TestDatabase)
        async throws
    {
        let scratch = try Scratch()
        try scratch.place(try await Pictures.photo(), at: "uploads/photo.jpg")
        try await kind.withURL { url in
            // The kills come from outside, so no campaign may be blamed for them.
            let environment = ["DATABASE_URL": url, "ATELIER_CRASH_LIMIT": "1000"]
            let api = try await AtelierProcess(["api"], home: scratch.url, environment: environment)
            let client = Client(api)
            var ids: [Int] = []
            for _ in 0..<10 { ids.append(try await client.createCampaign(Self.order)) }

            for round in 0..<4 {
                let worker = try await AtelierProcess(["worker"], home: scratch.url, environment: environment)
                try await worker.killed(after: .milliseconds(50 + round * 150)).value
            }
            let first = try await AtelierProcess(["worker"], home: scratch.url, environment: environment)
            let second = try await AtelierProcess(["worker"], home: scratch.url, environment: environment)

            for id in ids {
                let campaign = try await client.finished(id)
                #expect(campaign["status"] as? String == "completed", "\(campaign)")
            }
            for process in [first, second, api] { #expect(await process.stop() == 0) }
            try await Self.expectOnce(ids, kind, url)
        }
    }

    @Test(arguments: TestDatabase.servers)
    func `that goes away for a while, clients are told to come back, and nothing is lost`(on kind: TestDatabase)
        async throws
    {
        let scratch = try Scratch()
        try scratch.place(try await Pictures.photo(), at: "uploads/photo.jpg")
        try await kind.withProxy { url, proxy in
            let server = try await AtelierProcess(home: scratch.url, environment: ["DATABASE_URL": url])
            let client = Client(server)
            var ids: [Int] = []
            for round in 0..<3 {
                for _ in 0..<4 { ids.append(try await client.createCampaign(Self.order)) }
                proxy.weather = .down
                let refused = try await client.send(
                    "POST", "/campaigns", json: #"{"name":"n","description":"d","image_metadata":\#(Self.order)}"#)
                let health = try await client.send("GET", "/health")
                #expect(refused.status == 503, "round \(round): \(refused.text)")
                #expect(refused.header("Retry-After") != nil)
                #expect(health.status == 503)
                proxy.weather = .fair
            }

            for id in ids {
                let campaign = try await client.finished(id)
                #expect(campaign["status"] as? String == "completed", "\(campaign)")
            }
            #expect(await server.stop() == 0)
            try await Self.expectOnce(ids, kind, url)
        }
    }

    @Test(arguments: TestDatabase.servers)
    func `that cannot be reached at the start, the program says so in a line and ends`(on kind: TestDatabase)
        async throws
    {
        let scratch = try Scratch()
        let server = try #require(kind.server.flatMap { URLComponents(string: $0) })
        var away = server
        // Nothing listens on it: only the system itself may.
        away.port = 1
        let environment = AtelierProcess.environment(home: scratch.url, adding: ["DATABASE_URL": away.string ?? ""])

        for command in ["serve", "api", "worker", "migrate"] {
            let run = try await AtelierProcess.run([command], in: scratch.url, environment: environment)
            #expect(run.code == 3, "\(command)")
            #expect(run.output.split(separator: "\n").filter { $0.hasPrefix("atelier: ") }.count == 1, "\(run.output)")
            #expect(run.output.contains("127.0.0.1") && run.output.contains("; "), "\(run.output)")
            #expect(!run.output.contains(server.password ?? "-"))
        }
    }

    @Test(arguments: TestDatabase.servers)
    func `doctor and demo work, and no password shows`(on kind: TestDatabase) async throws {
        let scratch = try Scratch()
        try await kind.withURL { url in
            let password = try #require(URLComponents(string: url)?.password)
            let environment = AtelierProcess.environment(
                home: scratch.url, adding: ["DATABASE_URL": url, "TMPDIR": scratch.url.path])

            let doctor = try await AtelierProcess.run(["doctor"], in: scratch.url, environment: environment)
            let demo = try await AtelierProcess.run(["demo", "--database"], in: scratch.url, environment: environment)

            #expect(doctor.code == 0 && doctor.output.contains("ok    database"), "\(doctor.output)")
            #expect(demo.code == 0 && demo.output.contains("campaign from a prompt"), "\(demo.output)")
            #expect(!(doctor.output + demo.output).contains(password))
        }
    }

    /// Looks into the tables: every campaign ended once, and so did each of its steps.
    private static func expectOnce(_ ids: [Int], _ kind: TestDatabase, _ url: String) async throws {
        let database = try await kind.open(url)
        let histories = try await Histories(database)
        await database.close()
        for id in ids {
            #expect(try histories.status(of: "campaign-\(id)") == "completed")
            for step in ["BeginCampaign", "CheckUpload", "RenderPictures", "PublishCampaign"] {
                #expect(try histories.outcomes(of: step, in: "campaign-\(id)") == 1, "\(step) of \(id)")
            }
        }
    }
}
