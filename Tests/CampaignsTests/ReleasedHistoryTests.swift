import AtelierTesting
import Database
import DatabaseSQLite
import FoundationEssentials
import Testing
import Workflows

@testable import Campaigns
@testable import WorkflowsSQL

/// Histories that released programs wrote, one store for each version of the tables.
@Suite struct `A history of a release` {
    private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures")

    @Test(arguments: ["store-schema-1.db"])
    func `is replayed by today's code to where it stood`(store: String) async throws {
        try await withTemporaryFolder { folder in
            let copy = folder.file("atelier.db")
            try FileManager.default.copyItem(atPath: Self.fixtures.appending(path: store).path, toPath: copy)
            let database = try await SQLiteDatabase(path: copy, readers: 1)
            try await Migrator(Migration.workflows).run(on: database)
            let rows = try await database.read { connection in
                try connection.query(
                    "SELECT id, workflow_id, run_id, workflow, input, started_at, status, result FROM workflow_runs")
            }
            #expect(rows.count == 3)
            var ends: [Decider.Outcome?] = []
            for row in rows { ends.append(try await replay(row, database)) }
            let results = try rows.map { row -> Decider.Outcome? in
                if case .null = row["result"] { return nil }
                return .completed(Payload(bytes: try row.blob("result")))
            }
            #expect(ends == results)
            #expect(results.contains { $0 != nil } && results.contains { $0 == nil })
            await database.close()
        }
    }

    private func replay(_ row: SQLRow, _ database: SQLiteDatabase) async throws -> Decider.Outcome? {
        let run = try row.integer("id")
        #expect(try row.text("workflow") == ProcessCampaign.name)
        let history = try await database.read { try History.entries(of: run, on: $0) }
        let decider = Decider(
            RegisteredWorkflow(ProcessCampaign.self), workflowID: WorkflowID(recorded: try row.text("workflow_id")),
            runID: RunID(rawValue: try row.text("run_id")))
        let start = HistoryEntry(
            time: Date(timeIntervalSince1970: Double(try row.integer("started_at")) / 1_000_000),
            content: .event(.started(input: Payload(bytes: try row.blob("input")))))
        try decider.replay([start] + history)
        defer { decider.evict() }
        return decider.outcome
    }
}
