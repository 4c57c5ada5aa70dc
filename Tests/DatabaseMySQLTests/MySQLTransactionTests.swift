import AtelierTesting
import Database
import DatabaseMySQL
import Testing

@Suite(.enabled(if: TestServer.isThere)) struct `Transactions on MySQL` {
    @Test func `reading sees one state from its beginning, writing the newest`() async throws {
        try await withTwo { first, second in
            try first.begin(.reading)
            try second.begin(.writing)
            _ = try second.execute("INSERT INTO things VALUES (9, 'new')")
            try second.commit()
            #expect(try first.query("SELECT id FROM things").count == 2)
            try first.commit()

            try first.begin(.writing)
            #expect(try first.query("SELECT id FROM things").count == 3)
            _ = try second.execute("INSERT INTO things VALUES (10, 'newer')")
            #expect(try first.query("SELECT id FROM things").count == 4)
            try first.rollback()
        }
    }

    @Test func `reading changes nothing`() async throws {
        try await withTwo { first, _ in
            try first.begin(.reading)
            let error = #expect(throws: DatabaseError.self) { try first.execute("DELETE FROM things") }
            try first.rollback()

            #expect(error?.isRetryable == false)
            #expect(try first.query("SELECT id FROM things").count == 2)
        }
    }

    @Test func `claims pass over what another one is claiming`() async throws {
        try await withTwo { first, second in
            let claim: SQL = "SELECT id FROM things ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED"
            try first.begin(.writing)
            try second.begin(.writing)

            #expect(try first.first(claim)?.integer("id") == 1)
            #expect(try second.first(claim)?.integer("id") == 2)
            try first.rollback()
            try second.rollback()
        }
    }

    @Test func `a claim does not hold up who adds a row beside it`() async throws {
        try await withTwo { first, second in
            try first.begin(.writing)
            #expect(try first.query("SELECT id FROM things WHERE id >= 1 ORDER BY id FOR UPDATE").count == 2)

            #expect(try second.execute("INSERT INTO things VALUES (3, 'c')") == 1)
            try first.commit()
        }
    }

    @Test func `of two that wait for each other one is undone as a whole and told to come again`() async throws {
        try await TestServer.withDatabase { url in
            try await TestServer.withConnection(to: url, Self.fill)
            let (one, two) = (ThreadGate(), ThreadGate())

            async let first = Self.change(1, then: 2, url, holding: one, waitingFor: two)
            async let second = Self.change(2, then: 1, url, holding: two, waitingFor: one)
            let outcomes = try await [first, second]

            #expect(outcomes.count { $0 == "changed" } == 1)
            let undone = try #require(outcomes.first { $0 != "changed" })
            #expect(undone == "busy, then busy, then busy")
            let words = try await TestServer.withConnection(to: url) {
                try $0.query("SELECT word FROM things").map { try $0.text("word") }
            }
            #expect(Set(words).count == 1)
        }
    }

    /// Changes two rows in an order, and says what came of it, also of going on after a failure.
    private static func change(
        _ first: Int, then second: Int, _ url: String, holding: ThreadGate, waitingFor: ThreadGate
    ) async throws -> String {
        try await TestServer.withConnection(to: url) { connection in
            try connection.begin(.writing)
            _ = try connection.execute("UPDATE things SET word = \("by \(first)") WHERE id = \(first)")
            holding.open()
            waitingFor.wait()
            do {
                _ = try connection.execute("UPDATE things SET word = \("by \(first)") WHERE id = \(second)")
                try connection.commit()
                return "changed"
            } catch DatabaseError.busy {
                let next = outcome { _ = try connection.execute("DELETE FROM things") }
                let end = outcome { try connection.commit() }
                try connection.rollback()
                return "busy, then \(next), then \(end)"
            }
        }
    }

    private static func outcome(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "done"
        } catch DatabaseError.busy { return "busy" } catch { return "\(error)" }
    }

    private static func fill(_ connection: any ServerConnection) throws {
        _ = try connection.execute("CREATE TABLE things (id INT PRIMARY KEY, word VARCHAR(20) NOT NULL)")
        _ = try connection.execute("INSERT INTO things VALUES (1, 'a'), (2, 'b')")
    }

    private func withTwo(
        _ body: @escaping @Sendable (any ServerConnection, any ServerConnection) throws -> Void
    ) async throws {
        try await TestServer.withDatabase { url in
            try await TestServer.withConnection(to: url) { first in
                try Self.fill(first)
                let second = try MySQLDriver(url: url).connect()
                defer { second.close() }
                try body(first, second)
            }
        }
    }
}
