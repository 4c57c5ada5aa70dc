import AtelierTesting
import Concurrency
import Database
import DatabaseSQLite
import Foundation
import Observability
import Testing

@Suite struct `The SQLite file` {
    @Test func `is its owner's alone, with its folder`() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file("deep/er/data.db")
            let database = try await SQLiteDatabase(path: path)
            try await database.write { try $0.execute("CREATE TABLE t (id INTEGER)") }

            #expect(try mode(of: path) == 0o600)
            #expect(try mode(of: path + "-wal") == 0o600)
            #expect(try mode(of: folder.file("deep")) == 0o700)
            #expect(try mode(of: folder.file("deep/er")) == 0o700)
            await database.close()
        }
    }

    @Test func `keeps its rows and leaves no log behind when it is closed`() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file("data.db")
            let first = try await SQLiteDatabase(path: path)
            try await first.write { try $0.execute("CREATE TABLE t (id INTEGER)") }
            try await first.write { try $0.execute("INSERT INTO t VALUES (\(41))") }
            await first.close()
            #expect(!FileManager.default.fileExists(atPath: path + "-wal"))

            let second = try await SQLiteDatabase(path: path)
            #expect(try await second.read { try $0.first("SELECT id FROM t")?.integer("id") } == 41)
            await second.close()
        }
    }

    @Test func `is made and migrated once when several programs start at the same moment`() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file("data.db")
            let migration = Migration(component: "t", version: 1) { _ in
                ["CREATE TABLE t (id INTEGER)", "INSERT INTO t VALUES (1)"]
            }
            let applied = try await (0..<6).concurrentMap(atMost: 6) { _ in
                let database = try await SQLiteDatabase(path: path, readers: 1)
                let count = try await Migrator([migration]).run(on: database)
                await database.close()
                return count
            }
            #expect(applied.reduce(0, +) == 1)

            let database = try await SQLiteDatabase(path: path)
            #expect(try await database.read { try $0.query("SELECT id FROM t") }.count == 1)
            await database.close()
        }
    }

    @Test func `is refused with what to do when it is no database`() async throws {
        try await withTemporaryFolder { folder in
            try Data(repeating: 0x41, count: 8192).write(to: URL(fileURLWithPath: folder.file("data.db")))

            let message = await unavailability { _ = try await SQLiteDatabase(path: folder.file("data.db")) }
            #expect(message?.contains("DATABASE_URL") == true)
            #expect(message?.contains(folder.path) == false)
        }
    }

    @Test func `is refused when its place is a folder`() async throws {
        try await withTemporaryFolder { folder in
            let message = await unavailability { _ = try await SQLiteDatabase(path: folder.path) }
            #expect(message != nil)
        }
    }

    @Test func `tells damage by name`() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file("data.db")
            let database = try await SQLiteDatabase(path: path)
            try await database.write { connection in
                try connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, body TEXT)")
                for id in 1...500 {
                    try connection.execute("INSERT INTO t VALUES (\(id), \(String(repeating: "x", count: 200)))")
                }
            }
            #expect(try await database.verify().isEmpty)
            await database.close()

            let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
            try file.seek(toOffset: 4096 * 3)
            try file.write(contentsOf: Data(repeating: 0xA5, count: 8192))
            try file.close()

            let damaged = try await SQLiteDatabase(path: path)
            let findings = await Result { try await damaged.verify() }
            switch findings {
            case .success(let findings): #expect(!findings.isEmpty)
            case .failure(DatabaseError.unavailable(let what)): #expect(what.contains("restore a backup"))
            case .failure(let error): Issue.record(error)
            }
            await damaged.close()
        }
    }

    @Test func `can be copied while it is written`() async throws {
        try await withTemporaryFolder { folder in
            let database = try await SQLiteDatabase(path: folder.file("data.db"))
            try await database.write { try $0.execute("CREATE TABLE t (id INTEGER PRIMARY KEY)") }
            for id in 1...50 { try await database.write { try $0.execute("INSERT INTO t VALUES (\(id))") } }
            let writing = Task {
                for id in 51...200 { try await database.write { try $0.execute("INSERT INTO t VALUES (\(id))") } }
            }
            try await database.backup(to: folder.file("copy.db"))
            try await writing.value
            await database.close()

            let copy = try await SQLiteDatabase(path: folder.file("copy.db"))
            let count = try await copy.read { try $0.first("SELECT count(*) AS n FROM t")?.integer("n") } ?? 0
            #expect((50...200).contains(count))
            #expect(try await copy.verify().isEmpty)
            #expect(try mode(of: folder.file("copy.db")) == 0o600)
            await copy.close()
        }
    }

    @Test func `keeps its log short while others read`() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file("data.db")
            let database = try await SQLiteDatabase(path: path)
            try await database.write { try $0.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, body TEXT)") }
            let body = String(repeating: "y", count: 20_000)
            for id in 1...1000 {
                try await database.write { try $0.execute("INSERT INTO t VALUES (\(id), \(body))") }
                _ = try await database.read { try $0.first("SELECT id FROM t ORDER BY id DESC") }
            }

            let attributes = try FileManager.default.attributesOfItem(atPath: path + "-wal")
            #expect(try #require(attributes[.size] as? Int) < 8_000_000)
            await database.close()
        }
    }

    private func mode(of path: String) throws -> Int {
        try #require(FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
    }

    private func unavailability(_ body: () async throws -> Void) async -> String? {
        do { try await body() } catch DatabaseError.unavailable(let what) { return what } catch {}
        return nil
    }
}

extension Result where Failure == any Error {
    init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
