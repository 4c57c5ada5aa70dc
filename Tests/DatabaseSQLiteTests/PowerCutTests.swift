import AtelierTesting
import Concurrency
import Database
import DatabaseSQLite
import Testing

/// One run is recorded; then the power is cut, on paper, after each of its operations.
@Suite struct `A power cut` {
    private static let survivals: [Disk.Survival] =
        [.syncedOnly, .everything, .lastTorn, .lastOnly] + (1...2).map { .some(seed: $0) }

    @Test(.timeLimit(.minutes(2)))
    func `at any operation of the disk loses nothing that was acknowledged, whatever the disk kept`() async throws {
        let log = try await recording()
        var disk = Disk()
        var seen: Set<[String: [UInt8]]> = []
        var (cuts, images) = (0, 0)
        for entry in log {
            disk.apply(entry)
            cuts += 1
            for survival in Self.survivals {
                let files = disk.files(after: survival)
                // An image that was looked at is looked at again only when more has been promised since.
                if case .acknowledgement = entry {} else if !seen.insert(files).inserted { continue }
                images += 1
                try await expectSound(files, holding: disk.acknowledged, "cut \(cuts), \(survival)")
            }
        }
        #expect(cuts > 150)
        #expect(disk.acknowledged.count == 21)
        print("power cuts: \(cuts) operations, \(images) different images, 0 acknowledged transactions lost")
    }

    /// A life of a database: made, written to by transactions alone and in groups, its log moved into the file every few
    /// pages, a large value, a failed transaction, closed.
    private func recording() async throws -> [DiskLog.Entry] {
        let system = try FaultyFileSystem()
        try await withTemporaryFolder(inMemory: true) { folder in
            let database = try await SQLiteDatabase(path: folder.file("store.db"), fileSystem: system.name)
            let ledger = try await LedgerDatabase(database) { system.log.acknowledge($0) }
            try await ledger.write { connection in
                try connection.execute("PRAGMA wal_autocheckpoint=6")
                try connection.execute("CREATE TABLE things (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL)")
                try connection.execute("CREATE INDEX things_by_bytes ON things (bytes)")
            }
            for size in [10, 3000, 9000, 10, 20, 20_000, 10, 10] {
                try await ledger.write { connection in
                    try connection.execute("INSERT INTO things (bytes) VALUES (\([UInt8](repeating: 7, count: size)))")
                }
            }
            struct Refusal: Error {}
            await #expect(throws: Refusal.self) {
                try await ledger.write { connection in
                    try connection.execute("DELETE FROM things")
                    throw Refusal()
                }
            }
            _ = try await Array(100..<112).concurrentMap(atMost: 12) { number in
                try await ledger.write { connection in
                    try connection.execute("INSERT INTO things (id, bytes) VALUES (\(number), \([1] as [UInt8]))")
                }
            }
            await database.close()
        }
        return system.log.entries
    }

    private func expectSound(
        _ files: [String: [UInt8]], holding acknowledged: Set<Int>, _ place: Comment
    ) async throws {
        try await withTemporaryFolder(inMemory: true) { folder in
            try Disk.write(files, to: folder)
            let database = try await SQLiteDatabase(path: folder.file("store.db"), readers: 1)
            let faults = try await database.verify()
            #expect(faults.isEmpty, place)
            let kept = try await LedgerDatabase.numbers(in: LedgerDatabase(database) { _ in })
            #expect(acknowledged.isSubset(of: kept), place)
            // And it takes new work.
            try await database.write { try $0.execute("CREATE TABLE IF NOT EXISTS after (id INTEGER)") }
            await database.close()
        }
    }
}
