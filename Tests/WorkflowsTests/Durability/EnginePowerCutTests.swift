import AtelierTesting
import Concurrency
import Database
import DatabaseSQLite
import Faults
import Testing
import Workflows
import WorkflowsSQL

/// One life of the engine is recorded, and ends, on paper, with a power cut after each operation of the disk.
@Suite struct `A power cut in the middle of the engine's work` {
    private static let ids: [WorkflowID] = ["j1", "j2"]

    @Test(.timeLimit(.minutes(3)))
    func `loses no acknowledged start and no acknowledged commit, and every job ends once`() async throws {
        let log = try await recording()
        var disk = Disk()
        var seen: Set<[String: [UInt8]]> = []
        var (operations, images) = (0, 0)
        for entry in log {
            disk.apply(entry)
            operations += 1
            let survivals: [Disk.Survival] =
                [.syncedOnly] + (operations % 7 == 0 ? [.lastTorn, .some(seed: UInt64(operations))] : [])
            for survival in survivals {
                let files = disk.files(after: survival)
                guard files["workflows.db"]?.isEmpty == false, seen.insert(files).inserted else { continue }
                images += 1
                try await expectEverything(in: files, holding: disk.acknowledged, "cut \(operations), \(survival)")
            }
        }
        #expect(disk.acknowledged.isSuperset(of: [-1, -2]))
        #expect(images > 20)
        print("power cuts in the engine's work: \(operations) operations, \(images) stores gone on from, lost 0")
    }

    /// What the engine does with two journeys; starts are acknowledged as -1 and -2, transactions by their numbers.
    private func recording() async throws -> [DiskLog.Entry] {
        let system = try FaultyFileSystem()
        try await withTemporaryFolder(inMemory: true) { folder in
            let database = try await SQLiteDatabase(path: folder.file("workflows.db"), fileSystem: system.name)
            try await Migrator(Migration.workflows).run(on: database)
            try await database.write { try $0.execute("PRAGMA wal_autocheckpoint=12") }
            let ledger = try await LedgerDatabase(database) { system.log.acknowledge($0) }
            let bed = EmbeddedBed(ledger)
            try await bed.withWorker(.journeys(), queues: [.default: 2]) {
                for (number, id) in Self.ids.enumerated() {
                    try await bed.engine.start(Journey.self, id: id, input: id.rawValue)
                    system.log.acknowledge(-1 - number)
                }
                for id in Self.ids { _ = try await bed.engine.result(of: Journey.self, id: id) }
            }
            await database.close()
        }
        return system.log.entries
    }

    private func expectEverything(
        in files: [String: [UInt8]], holding acknowledged: Set<Int>, _ place: Comment
    ) async throws {
        try await withTemporaryFolder(inMemory: true) { folder in
            try Disk.write(files, to: folder.path)
            let database = try await SQLiteDatabase(path: folder.file("workflows.db"), readers: 1)
            let faults = try await database.verify()
            #expect(faults.isEmpty, place)
            try await Migrator(Migration.workflows).run(on: database)
            let kept = try await LedgerDatabase.numbers(in: LedgerDatabase(database) { _ in })
            #expect(acknowledged.filter { $0 > 0 }.isSubset(of: kept), place)
            let bed = EmbeddedBed(database)
            for (number, id) in Self.ids.enumerated() where acknowledged.contains(-1 - number) {
                let survivor = try await bed.engine.describe(id)
                #expect(survivor != nil, place)
            }
            try await bed.withWorker(.journeys(), queues: [.default: 2]) {
                for id in Self.ids {
                    _ = try await bed.engine.start(Journey.self, id: id, input: id.rawValue)
                    let output = try await bed.engine.result(of: Journey.self, id: id)
                    #expect(output == Journey.expected(id.rawValue), place)
                }
            }
            let twice = try await database.read { connection in
                try connection.query("SELECT run FROM workflow_history GROUP BY run, kind, subject HAVING COUNT(*) > 1")
            }
            #expect(twice.isEmpty, place)
            await database.close()
        }
    }
}
