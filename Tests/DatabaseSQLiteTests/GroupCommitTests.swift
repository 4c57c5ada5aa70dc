import AtelierTesting
import Concurrency
import Database
import DatabaseSQLite
import Foundation
import Glibc
import Observability
import Testing

@Suite struct `Group commit` {
    @Test func `all that waits shares one commit`() async throws {
        try await withTable { database, metrics in
            // Read on the writer's thread: a commit is counted after its callers have been answered.
            let before = try await database.write { _ in commits(metrics).count }

            let gate = ThreadGate()
            let holds = ShutdownSignal()
            let holder = Task {
                try await database.write { _ in
                    holds.trigger()
                    gate.wait()
                }
            }
            await holds.wait()
            let others = (1...50).map { id in
                Task { try await database.write { try $0.execute("INSERT INTO t VALUES (\(id), 'a')") } }
            }
            while await database.status().waiting < 50 { await Task.yield() }
            gate.open()
            try await holder.value
            for other in others { #expect(try await other.value == 1) }

            let after = try await database.write { _ in commits(metrics).count }
            // The question's own, the holder's, and that of all who waited.
            #expect(after - before == 3)
        }
    }

    @Test func `a full database fails the transaction that fills it as full, and nobody else`() async throws {
        try await withTable { database, _ in
            try await database.write { _ = try $0.query("PRAGMA max_page_count = 40") }
            let large = [UInt8](repeating: 7, count: 400_000)

            let outcomes = try await (1...8).concurrentMap(atMost: 8) { id in
                await Result {
                    try await database.write { connection in
                        let body = id == 4 ? large : [1]
                        return try connection.execute("INSERT INTO t VALUES (\(id), \(body))")
                    }
                }
            }

            for (id, outcome) in zip(1..., outcomes) {
                if id == 4 {
                    #expect(throws: DatabaseError.full("database or disk is full")) { try outcome.get() }
                } else {
                    #expect(try outcome.get() == 1)
                }
            }
            let ids = try await database.read { try $0.query("SELECT id FROM t").map { try $0.integer("id") } }
            #expect(ids.sorted() == [1, 2, 3, 5, 6, 7, 8])
        }
    }

    @Test(.enabled(if: SmallDisk.isPossible, "needs the right to mount a file system"))
    func `a full disk is told to everybody of the commit, and the database goes on once there is room`() async throws {
        let disk = try SmallDisk(megabytes: 2)
        let database = try await SQLiteDatabase(path: disk.path + "/data.db")
        try await database.write { try $0.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, body BLOB)") }
        let ballast = disk.path + "/ballast"
        disk.fill(ballast)

        let outcomes = try await (1...4).concurrentMap(atMost: 4) { id in
            await Result {
                try await database.write {
                    try $0.execute("INSERT INTO t VALUES (\(id), \([UInt8](repeating: 1, count: 100_000)))")
                }
            }
        }
        for outcome in outcomes {
            #expect {
                _ = try outcome.get()
            } throws: { error in
                if case DatabaseError.full = error { true } else { false }
            }
        }

        unlink(ballast)
        try await database.write { try $0.execute("INSERT INTO t VALUES (9, 'small')") }
        let ids = try await database.read { try $0.query("SELECT id FROM t").map { try $0.integer("id") } }
        #expect(ids == [9])
        #expect(try await database.verify().isEmpty)
        await database.close()
    }

    @Test func `a transaction that commits by itself is refused`() async throws {
        try await withTable { database, _ in
            await #expect {
                try await database.write { connection in
                    try connection.execute("INSERT INTO t VALUES (1, 'a')")
                    try connection.execute("ROLLBACK")
                }
            } throws: { error in
                if case DatabaseError.statement(let what) = error { what.contains("by itself") } else { false }
            }
            try await database.write { try $0.execute("INSERT INTO t VALUES (2, 'b')") }
            let ids = try await database.read { try $0.query("SELECT id FROM t").map { try $0.integer("id") } }
            #expect(ids == [2])
        }
    }

    @Test func `a transaction that goes on after its undoing writes nothing`() async throws {
        try await withTable { database, _ in
            try await database.write { _ = try $0.query("PRAGMA max_page_count = 40") }

            await #expect(throws: DatabaseError.self) {
                try await database.write { connection in
                    for id in 1...100 {
                        // Swallowed on purpose: what a careless body might do.
                        _ = try? connection.execute(
                            "INSERT INTO t VALUES (\(id), \([UInt8](repeating: 7, count: 5_000)))")
                    }
                }
            }
            let ids = try await database.read { try $0.query("SELECT id FROM t").map { try $0.integer("id") } }
            #expect(ids.isEmpty)
        }
    }

    @Test func `a reader cannot write`() async throws {
        try await withTable { database, _ in
            await #expect(throws: DatabaseError.self) {
                try await database.read { try $0.execute("INSERT INTO t VALUES (1, 'a')") }
            }
        }
    }

    @Test func `another program that holds the file makes a write busy, not lost`() async throws {
        try await withTemporaryFolder { folder in
            let metrics = Metrics()
            let path = folder.file("data.db")
            let first = try await SQLiteDatabase(path: path)
            let second = try await SQLiteDatabase(path: path, patience: .milliseconds(50), metrics: metrics)
            try await first.write { try $0.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, body BLOB)") }
            let gate = ThreadGate()
            let holds = ShutdownSignal()
            let holder = Task {
                try await first.write { connection in
                    try connection.execute("INSERT INTO t VALUES (1, 'a')")
                    holds.trigger()
                    gate.wait()
                }
            }
            await holds.wait()

            await #expect(throws: DatabaseError.busy("database is locked")) {
                try await second.write { try $0.execute("INSERT INTO t VALUES (2, 'b')") }
            }
            #expect(metrics.counter("atelier_database_busy_total", help: "").value == 1)
            gate.open()
            try await holder.value
            #expect(try await second.write { try $0.execute("INSERT INTO t VALUES (2, 'b')") } == 1)
            await first.close()
            await second.close()
        }
    }

    private func commits(_ metrics: Metrics) -> Histogram.Snapshot {
        metrics.histogram("atelier_database_commit_seconds", help: "").snapshot
    }

    private func withTable(_ body: (SQLiteDatabase, Metrics) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let metrics = Metrics()
            let database = try await SQLiteDatabase(path: folder.file("data.db"), metrics: metrics)
            try await database.write { try $0.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, body BLOB)") }
            try await body(database, metrics)
            await database.close()
        }
    }
}
