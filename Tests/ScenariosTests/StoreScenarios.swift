import AtelierTesting
import Database
import DatabaseSQLite
import Foundation
import Testing

/// A database file written by the first release: a finished campaign, one whose worker was killed while it rendered,
/// and one that nobody had begun.
private let oldStore = AtelierProcess.checkout.appendingPathComponent("Tests/Fixtures/store-schema-1.db")

@Suite(.timeLimit(.minutes(5))) struct `A store of the first release` {
    @Test func `opens in this one, and what was in flight is finished`() async throws {
        let scratch = try Scratch()
        try FileManager.default.copyItem(at: oldStore, to: scratch.file("atelier.db"))
        try scratch.place(try await Pictures.photo(), at: "uploads/photo.jpg")

        let server = try await AtelierProcess(home: scratch.url)
        let client = Client(server)

        let before = try await client.finished(1)
        #expect(before["completed_at"] as? String == "2026-11-20T15:57:59.413Z", "it was not run again")
        for id in [2, 3] {
            let campaign = try await client.finished(id)
            #expect(campaign["status"] as? String == "completed", "\(campaign)")
        }
        #expect(await server.stop() == 0)
        let histories = try await Histories(database: scratch.file("atelier.db"))
        for id in 1...3 {
            for step in ["BeginCampaign", "CheckUpload", "RenderPictures", "PublishCampaign"] {
                #expect(try histories.outcomes(of: step, in: "campaign-\(id)") == 1, "\(step) of \(id)")
            }
        }
    }

    @Test func `that a newer program wrote is refused in one line and left as it is`() async throws {
        let scratch = try Scratch()
        let file = scratch.file("atelier.db")
        try FileManager.default.copyItem(at: oldStore, to: file)
        let database = try await SQLiteDatabase(path: file.path)
        try await database.write {
            try $0.execute("INSERT INTO schema_versions (component, version, applied_at) VALUES ('campaigns', 2, 1)")
            for version in 2...99 {
                try $0.execute("INSERT INTO schema_versions VALUES ('workflows', \(version), 1)")
            }
        }
        await database.close()
        let before = try Data(contentsOf: file)

        let run = try await AtelierProcess.run(
            ["serve"], in: scratch.url,
            environment: AtelierProcess.environment(home: scratch.url, adding: ["ATELIER_LOG_LEVEL": "error"]))

        #expect(run.code == 3)
        #expect(run.output.contains("version 99") && run.output.contains("newer program"), "\(run.output)")
        #expect(run.output.split(separator: "\n").count == 1, "\(run.output)")
        #expect(try Data(contentsOf: file) == before)
    }
}

@Suite(.timeLimit(.minutes(5))) struct `A database that cannot be used at the start` {
    @Test(arguments: ["a folder", "no database", "below a file", "another's format"])
    func `is said in one line, with exit code 3`(_ what: String) async throws {
        let scratch = try Scratch()
        let place = scratch.file("place")
        var url = "sqlite://\(place.path)"
        switch what {
        case "a folder": try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        case "no database": try Data(String(repeating: "This is a letter. ", count: 500).utf8).write(to: place)
        case "below a file":
            try Data("x".utf8).write(to: place)
            url += "/deeper/atelier.db"
        default: try Data([0x50, 0x4B, 3, 4] + [UInt8](repeating: 7, count: 8192)).write(to: place)
        }

        let run = try await AtelierProcess.run(
            ["serve"], in: scratch.url,
            environment: AtelierProcess.environment(home: scratch.url, adding: ["DATABASE_URL": url]))

        #expect(run.code == 3, "\(run.output)")
        #expect(run.output.split(separator: "\n").count == 1, "\(run.output)")
        #expect(run.output.contains("atelier: the database"), "\(run.output)")
        #expect(!run.output.contains(AtelierProcess.password))
    }

    @Test(.enabled(if: SmallDisk.isPossible)) func `for want of room says so too`() async throws {
        let scratch = try Scratch()
        let disk = try SmallDisk(megabytes: 1)
        disk.fill(disk.path + "/filler")

        let run = try await AtelierProcess.run(
            ["serve"], in: scratch.url,
            environment: AtelierProcess.environment(
                home: scratch.url, adding: ["DATABASE_URL": "sqlite://\(disk.path)/atelier.db"]))

        #expect(run.code == 3, "\(run.output)")
        #expect(run.output.split(separator: "\n").count == 1, "\(run.output)")
        #expect(run.output.contains("no room"), "\(run.output)")
    }
}

@Suite(.timeLimit(.minutes(5))) struct `A restart with 100,000 queued jobs` {
    private static let count = 100_000

    @Test func `serves at once, and takes them up in their order`() async throws {
        let scratch = try Scratch()
        try await fill(scratch)
        let start = ContinuousClock.now

        let server = try await AtelierProcess(home: scratch.url, environment: ["ATELIER_LOG_LEVEL": "error"])
        let health = try await Client(server).send("GET", "/health")
        let serving = start.duration(to: .now)

        print("restart with \(Self.count) queued jobs: serving after \(serving)")
        #expect(health.status == 200)
        #expect(serving < .seconds(20))
        let database = try await SQLiteDatabase(path: scratch.file("atelier.db").path, readers: 1)
        func ended() async throws -> [Int] {
            try await database.read { connection in
                try connection.query("SELECT id FROM workflow_runs WHERE state = 4 ORDER BY closed_at, id").map {
                    try $0.integer("id")
                }
            }
        }
        try await eventually("the first of them are done") { try await ended().count > 300 }
        #expect(await server.stop() == 0)

        let done = try await ended()
        let all = try await database.read { try $0.first("SELECT COUNT(*) AS n FROM workflow_runs")?.integer("n") }
        await database.close()
        #expect(all == Self.count)
        // So many may be in memory at once; nobody from further behind came first.
        #expect((done.max() ?? 0) <= done.count + 1024)
    }

    /// One order that fails at once, as its source is not configured; then as many copies of it.
    private func fill(_ scratch: Scratch) async throws {
        let api = try await AtelierProcess(["api"], home: scratch.url)
        let id = try await Client(api).createCampaign(#"{"source_type":"dropbox","dropbox_path":"/a"}"#)
        #expect(id == 1)
        await api.stop()
        let database = try await SQLiteDatabase(path: scratch.file("atelier.db").path, readers: 1)
        try await database.write { connection in
            let columns = try connection.query("SELECT name FROM pragma_table_info('workflow_runs')").map {
                try $0.text("name")
            }
            let values = columns.map { column in
                switch column {
                case "id": "n"
                case "workflow_id": "'campaign-' || n"
                case "run_id": "'run-' || n"
                case "input": "CAST(replace(CAST(input AS TEXT), '\"id\":1', '\"id\":' || n) AS BLOB)"
                default: column
                }
            }
            try connection.execute(
                """
                WITH RECURSIVE numbers (n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM numbers WHERE n < \(Self.count))
                INSERT INTO workflow_runs (\(unsafe: columns.joined(separator: ", ")))
                SELECT \(unsafe: values.joined(separator: ", ")) FROM workflow_runs, numbers WHERE id = 1
                """)
            try connection.execute(
                """
                WITH RECURSIVE numbers (n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM numbers WHERE n < \(Self.count))
                INSERT INTO campaigns (id, name, description, image_metadata, variations, crop, status,
                    processed_images, created_at, updated_at)
                SELECT n, name, description, image_metadata, variations, crop, status, processed_images, created_at,
                    updated_at FROM campaigns, numbers WHERE id = 1
                """)
        }
        await database.close()
    }
}
