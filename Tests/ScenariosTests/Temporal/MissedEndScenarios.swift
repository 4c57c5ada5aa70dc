import AtelierTesting
import Concurrency
import Database
import DatabaseSQLite
import Foundation
import Testing

@Suite(.enabled(if: TemporalPlace.server != nil), .timeLimit(.minutes(5))) struct `An end that only Temporal knows` {
    @Test func `is noted by the next process, and its webhook goes out once`() async throws {
        let hooks = try HookReceiver()
        let place = try await TemporalPlace(settings: hooks.settings)
        let first = try await place.start()
        #expect(try await place.atelier("webhooks", "add", hooks.url).code == 0)
        let database = try await SQLiteDatabase(path: place.database.path)

        let (id, gate) = try await withheldEnd(database, Client(first))
        try await eventually("Temporal has ended it") {
            let found = try await place.ask("wait", "campaign-\(id)")
            return found["result"] != nil
        }
        await first.kill()
        gate.open()
        await database.close()
        let between = try await Books(of: place)
        let second = try await place.start()
        try await eventually("the end is noted and told") {
            let books = try await Books(of: place)
            return books.workflows["campaign-\(id)"] == "completed" && hooks.count(of: "campaign-\(id)") > 0
                && books.outbox == 0 && !books.workflows.values.contains("running")
        }

        #expect(between.workflows["campaign-\(id)"] == "running" && between.campaigns[id] == "completed")
        #expect(await second.stop() == 0)
        #expect(hooks.count(of: "campaign-\(id)") == 1)
    }

    @Test func `such as one made with its own command line while we were down, is told of as a failure`() async throws {
        let hooks = try HookReceiver()
        let place = try await TemporalPlace(settings: hooks.settings)
        let first = try await place.start()
        #expect(try await place.atelier("webhooks", "add", hooks.url).code == 0)
        #expect(try await place.atelier("queues", "pause", "default").code == 0)
        let id = try await Client(first).createCampaign(TemporalPlace.order)
        try await eventually("Temporal knows it") { try await Books(of: place).outbox == 0 }
        await first.kill()

        let ended = try await place.tool("workflow", "terminate", "--workflow-id", "campaign-\(id)", "--reason", "test")
        let second = try await place.start()
        try await eventually("the end is noted and told") {
            let books = try await Books(of: place)
            return books.workflows["campaign-\(id)"] == "failed" && hooks.count(of: "campaign-\(id)") > 0
        }

        #expect(ended.code == 0, "\(ended.output)")
        #expect(await second.stop() == 0)
        #expect(hooks.count(of: "campaign-\(id)") == 1)
    }

    /// A write transaction of ours that keeps everybody else's waiting until its gate opens.
    private final class Hold: Sendable {
        let gate = ThreadGate()
        /// Whether we have it in time; nil while there was nothing to wait for.
        private let verdict = Locked<Bool?>(nil)

        var isInTime: Bool? { verdict.withLock { $0 } }
        func settle(_ isInTime: Bool) { verdict.withLock { $0 = isInTime } }
    }

    /// Runs campaigns until one has its pictures and its end cannot be noted, since the database is ours.
    private func withheldEnd(_ database: SQLiteDatabase, _ client: Client) async throws -> (Int, ThreadGate) {
        for _ in 0..<20 {
            let id = try await client.createCampaign(TemporalPlace.order)
            let hold = Hold()
            // Ends with the gate, or when it was too late.
            Task {
                while hold.isInTime == nil {
                    try await database.write { connection in
                        guard let isInTime = try Self.isBetween(id, connection) else { return }
                        hold.settle(isInTime)
                        if isInTime { hold.gate.wait() }
                    }
                }
            }
            try await eventually("campaign \(id) has its pictures") { hold.isInTime != nil }
            if hold.isInTime == true { return (id, hold.gate) }
        }
        throw AtelierProcess.Failure(message: "every end was noted too soon")
    }

    /// Whether a campaign that has its pictures is still running, as far as we know; nil before it has them.
    private static func isBetween(_ id: Int, _ connection: any SQLConnection) throws -> Bool? {
        let status = try connection.first("SELECT status FROM campaigns WHERE id = \(id)")?.text("status")
        guard status == "completed" else { return nil }
        let workflow = "campaign-\(id)"
        return try connection.first(
            "SELECT status FROM temporal_workflows WHERE workflow_id = \(workflow)")?.text("status") == "running"
    }
}
