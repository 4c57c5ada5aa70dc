import AtelierTesting
import Concurrency
import Database
import DatabaseSQLite
import Glibc
import Testing

/// Every operation of the disk fails once, each in a run of its own.
@Suite struct `A failing disk` {
    /// What becomes of the operation, and whether only once or from then on.
    struct Trouble: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let operations: Set<FileOperation>
        let fault: FileFault
        var isLasting = false
    }

    static let troubles = [
        Trouble(testDescription: "a write that fails", operations: [.write], fault: .broken),
        Trouble(testDescription: "a write that stops halfway", operations: [.write], fault: .torn),
        Trouble(testDescription: "a flush that fails", operations: [.sync], fault: .broken),
        Trouble(testDescription: "a read that fails", operations: [.read], fault: .broken),
        Trouble(testDescription: "a file that cannot be opened", operations: [.open], fault: .broken),
        Trouble(
            testDescription: "a truncation, removal or mapping that fails",
            operations: [.truncate, .delete, .sharedMemory], fault: .broken),
        Trouble(testDescription: "a lock that fails", operations: [.lock], fault: .broken),
        Trouble(testDescription: "a file that somebody else holds", operations: [.lock], fault: .locked),
        Trouble(
            testDescription: "a disk that breaks for good", operations: [.write, .sync], fault: .broken, isLasting: true
        ),
        Trouble(
            testDescription: "a disk that is full from then on", operations: [.write], fault: .full, isLasting: true),
    ]

    @Test(.timeLimit(.minutes(2)), arguments: troubles)
    func `is reported, never taken for success, and the store opens again`(_ trouble: Trouble) async throws {
        var number = 1
        while try await survives(trouble, at: number) { number += 1 }
        #expect(number > 1, "nothing of the kind ever happens")
    }

    /// - Returns: Whether it came to the trouble at all.
    private func survives(_ trouble: Trouble, at number: Int) async throws -> Bool {
        let place: Comment = "\(trouble.testDescription), number \(number)"
        let matching = Locked(0)
        let system = try FaultyFileSystem { request in
            guard trouble.operations.contains(request.operation) else { return nil }
            let count = matching.withLock { count in
                count += 1
                return count
            }
            return count == number || (trouble.isLasting && count > number) ? trouble.fault : nil
        }
        try await withTemporaryFolder(inMemory: true) { folder in
            do {
                try await live(folder.file("store.db"), on: system)
            } catch let error as DatabaseError {
                // Reported: that is the point. A fault of the disk is never one of the statement.
                #expect(error.isRetryable, "\(place): \(error)")
            }
            let database = try await SQLiteDatabase(path: folder.file("store.db"), readers: 1)
            let faults = try await database.verify()
            #expect(faults.isEmpty, place)
            let kept = try await LedgerDatabase.numbers(in: LedgerDatabase(database) { _ in })
            #expect(system.log.acknowledged.isSubset(of: kept), place)
            try await database.write { try $0.execute("CREATE TABLE IF NOT EXISTS after (id INTEGER)") }
            await database.close()
        }
        return matching.withLock { $0 } >= number
    }

    /// Goes on after each failure, as the program does.
    private func live(_ path: String, on system: FaultyFileSystem) async throws {
        let database = try await SQLiteDatabase(path: path, fileSystem: system.name)
        do {
            let ledger = try await LedgerDatabase(database) { system.log.acknowledge($0) }
            var failure: DatabaseError?
            for round in 0..<8 {
                do {
                    try await ledger.write { connection in
                        if round == 0 { try connection.execute("PRAGMA wal_autocheckpoint=4") }
                        try connection.execute("CREATE TABLE IF NOT EXISTS things (bytes BLOB NOT NULL)")
                        let bytes = [UInt8](repeating: 7, count: round * 1500)
                        try connection.execute("INSERT INTO things (bytes) VALUES (\(bytes))")
                    }
                    let count = try await database.read {
                        try $0.first("SELECT COUNT(*) AS n FROM ledger")?.integer("n")
                    }
                    #expect((count ?? 0) > 0)
                } catch let error as DatabaseError { failure = error }
            }
            await database.close()
            if let failure { throw failure }
        } catch {
            await database.close()
            throw error
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `without room says so, goes on reading, and works again by itself once there is room`() async throws {
        let hasRoom = Locked(true)
        // From each write on in turn there is no room until somebody makes some.
        var first = 1
        var reached = true
        while reached {
            let writes = Locked(0)
            hasRoom.withLock { $0 = true }
            let system = try FaultyFileSystem(errorNumber: ENOSPC)
            try await withTemporaryFolder(inMemory: true) { folder in
                let database = try await SQLiteDatabase(path: folder.file("store.db"), fileSystem: system.name)
                try await database.write { connection in
                    try connection.execute("PRAGMA wal_autocheckpoint=4")
                    try connection.execute("CREATE TABLE things (round INTEGER, bytes BLOB)")
                    try connection.execute("INSERT INTO things VALUES (0, \([UInt8](repeating: 1, count: 5000)))")
                }
                system.follow { [first] request in
                    guard request.operation == .write else { return nil }
                    let count = writes.withLock { count in
                        count += 1
                        return count
                    }
                    if count == first { hasRoom.withLock { $0 = false } }
                    return hasRoom.withLock { $0 } ? nil : .full
                }
                var (written, refused) = (0, 0)
                for round in 1...6 {
                    do {
                        try await database.write { connection in
                            let bytes = [UInt8](repeating: 2, count: round * 2000)
                            try connection.execute("INSERT INTO things VALUES (\(round), \(bytes))")
                        }
                        written += 1
                    } catch let error as DatabaseError {
                        refused += 1
                        guard case .full = error else {
                            Issue.record("write \(first): \(error)")
                            continue
                        }
                    }
                    // The log moves into the file after a commit; that there was no room for it is nobody's failure.
                    let rows = try await database.read { try $0.query("SELECT round, bytes FROM things") }
                    #expect(rows.count == written + 1, "write \(first)")
                }
                system.follow { _ in nil }
                try await database.write { try $0.execute("INSERT INTO things VALUES (99, NULL)") }
                let rows = try await database.read { try $0.query("SELECT round FROM things") }
                #expect(rows.count == written + 2)
                let faults = try await database.verify()
                #expect(faults.isEmpty)
                await database.close()
                reached = writes.withLock { $0 } >= first
                if reached, first == 1 { #expect(refused == 6) }
            }
            first += 1
        }
        #expect(first > 20)
    }
}
