import Database
import DatabaseSQLite
import Foundation
import Testing

/// What our own tables say of campaigns on Temporal.
struct Books: Sendable {
    /// Campaigns by number, with their status.
    var campaigns: [Int: String] = [:]
    /// Admitted workflows by id, with their status.
    var workflows: [String: String] = [:]
    /// Requests that Temporal has yet to be told.
    var outbox = 0
    /// Rows of every table, but for those that say which workers are there.
    var counts: [String: Int] = [:]

    init(of place: TemporalPlace) async throws {
        let database = try await SQLiteDatabase(path: place.database.path)
        self = try await database.read { try Books($0) }
        await database.close()
    }

    private init(_ connection: any SQLConnection) throws {
        for row in try connection.query("SELECT id, status FROM campaigns") {
            campaigns[try row.integer("id")] = try row.text("status")
        }
        for row in try connection.query("SELECT workflow_id, status FROM temporal_workflows") {
            workflows[try row.text("workflow_id")] = try row.text("status")
        }
        let tables = try connection.query(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        for name in try tables.map({ try $0.text("name") }) where name != "temporal_sessions" {
            let row = try connection.first("SELECT COUNT(*) AS n FROM \(unsafe: "\"\(name)\"")")
            counts[name] = try row?.integer("n")
        }
        outbox = counts["temporal_outbox"] ?? 0
    }
}

extension TemporalPlace {
    /// The program's database.
    var database: URL { scratch.file("atelier.db") }

    /// Looks everywhere: each of `ids` is there once, completed, with each step on record once, and nothing else is.
    ///
    /// - Parameter pictures: How many files each has made.
    @discardableResult
    func expectOnce(_ ids: [Int], pictures: Int = 3) async throws -> [HistoryAudit] {
        var books = try await Books(of: self)
        // An end is noted, and a request forgotten, just after its client sees the pictures.
        try await eventually("our tables have come to rest") {
            books = try await Books(of: self)
            return books.outbox == 0 && !books.workflows.values.contains("running")
        }
        #expect(books.campaigns.keys.sorted() == ids.sorted())
        #expect(books.campaigns.values.allSatisfy { $0 == "completed" }, "\(books.campaigns)")
        #expect(books.workflows.keys.sorted() == ids.map { "campaign-\($0)" }.sorted())
        #expect(books.workflows.values.allSatisfy { $0 == "completed" }, "\(books.workflows)")
        #expect(books.outbox == 0)
        let histories = try await HistoryAudit.campaigns(ids.count, at: self)
        #expect(histories.map(\.id).sorted() == ids.map { "campaign-\($0)" }.sorted())
        for history in histories {
            #expect(history.status == "COMPLETED", "\(history)")
            let once = Dictionary(uniqueKeysWithValues: HistoryAudit.steps.map { ($0, 1) })
            #expect(history.completed == once, "\(history)")
        }
        for id in ids {
            let folder = scratch.file("files/generated/campaigns/\(id)").path
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == pictures, "campaign \(id)")
        }
        return histories
    }
}
