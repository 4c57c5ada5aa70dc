import AtelierTesting
import Concurrency
import Database
import DatabasePostgreSQL
import Foundation
import Testing

@Suite(.enabled(if: TestDatabase.postgresql.isAvailable), .timeLimit(.minutes(2)))
struct `A server that crashes and comes up again` {
    @Test func `keeps every row that was acknowledged, and each once`() async throws {
        let server = try await PrivateServer()
        let database = PooledDatabase(try PostgreSQLDriver(url: server.url))
        try await database.write { try $0.execute("CREATE TABLE things (id BIGINT PRIMARY KEY)") }
        let (isUnderWay, isRestarted) = (ShutdownSignal(), ShutdownSignal())
        let restart = Task {
            defer { isRestarted.trigger() }
            await isUnderWay.wait()
            try await server.restart()
        }

        let last = Locked(0)
        // Until the server is back, however long that takes: so the restart falls into the middle.
        let failures = try await (1...8).concurrentMap(atMost: 8) { _ in
            var failures = 0
            while true {
                let id = last.withLock { last in
                    last += 1
                    return last
                }
                if id == 100 { isUnderWay.trigger() }
                failures += try await Self.insert(id, database)
                if id >= 400, isRestarted.isTriggered { return failures }
            }
        }
        try await restart.value

        let rows = try await database.read { try $0.query("SELECT id FROM things") }
        #expect(Set(try rows.map { try $0.integer("id") }) == Set(1...last.withLock { $0 }))
        #expect(failures.reduce(0, +) > 0, "the restart fell on nothing")
        await database.close()
        try await server.stop()
    }

    /// Repeats an insert until it is acknowledged, as the engine repeats what it writes.
    /// - Returns: How often it failed.
    private static func insert(_ id: Int, _ database: any Database) async throws -> Int {
        for failures in 0..<1000 {
            do {
                try await database.write {
                    try $0.execute("INSERT INTO things (id) VALUES (\(id)) ON CONFLICT DO NOTHING")
                }
                return failures
            } catch let error as DatabaseError where error.isRetryable {
                try await Task.sleep(for: .milliseconds(20))
            }
        }
        throw DatabaseError.unavailable("it never came back")
    }
}

/// A server of a test's own, which may crash without harm to others.
private struct PrivateServer {
    private static let script = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("scripts/test-servers.sh")
    private static let threads = WorkerThreads(name: "private-server", count: 2)

    let url: String
    private let folder: String

    init() async throws {
        let output = try await Self.run(["start", "postgresql"])
        func value(_ name: String) throws -> String {
            let line = try #require(output.split(separator: "\n").first { $0.contains(name + "=") })
            return line.split(separator: "'").last.map(String.init) ?? ""
        }
        url = try value("ATELIER_TEST_POSTGRESQL")
        folder = try value("ATELIER_TEST_SERVERS")
    }

    func restart() async throws { _ = try await Self.run(["restart", folder]) }
    func stop() async throws { _ = try await Self.run(["stop", folder]) }

    private static func run(_ arguments: [String]) async throws -> String {
        try await threads.run {
            let process = Process()
            let pipe = Pipe()
            process.executableURL = script
            process.arguments = arguments
            process.standardOutput = pipe
            try process.run()
            let data = pipe.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            try #require(process.terminationStatus == 0)
            return String(decoding: data, as: UTF8.self)
        }
    }
}
