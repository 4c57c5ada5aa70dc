import AtelierTesting
import Database
import DatabasePostgreSQL
import Testing

@Suite(.enabled(if: TestDatabase.postgresql.isAvailable), .timeLimit(.minutes(1)))
struct `Words between processes` {
    @Test func `are heard once their transaction is committed, and never when it is not`() async throws {
        struct Refused: Error {}
        try await TestDatabase.postgresql.withURL { url in
            let speaker = try await TestDatabase.postgresql.open(url)
            let listener = try await TestDatabase.postgresql.open(url)
            var words = try #require(listener.notifications(on: "work")).makeAsyncIterator()
            #expect(await words.next() == "")

            try await speaker.write { try $0.notify("work", "first") }
            await #expect(throws: Refused.self) {
                try await speaker.write { connection in
                    try connection.notify("work", "unsaid")
                    throw Refused()
                }
            }
            try await speaker.write { try $0.notify("elsewhere", "other") }
            try await speaker.write { try $0.notify("work", "second") }

            #expect(await words.next() == "first")
            #expect(await words.next() == "second")
            await listener.close()
            #expect(await words.next() == nil)
            await speaker.close()
        }
    }

    @Test func `are heard again after the network was cut, with an empty one first`() async throws {
        try await TestDatabase.postgresql.withProxy { url, proxy in
            let database = try await TestDatabase.postgresql.open(url)
            var words = try #require(database.notifications(on: "work")).makeAsyncIterator()
            #expect(await words.next() == "")

            proxy.weather = .down
            await proxy.whenQuiet()
            proxy.weather = .fair

            #expect(await words.next() == "")
            try await database.write { try $0.notify("work", "again") }
            #expect(await words.next() == "again")
            await database.close()
        }
    }

    @Test func `end with whoever listens`() async throws {
        try await TestDatabase.postgresql.with { database in
            let words = try #require(database.notifications(on: "work"))
            let listening = Task { for await _ in words {} }
            try await Self.awaitListeners(1, database)

            listening.cancel()

            await listening.value
            try await Self.awaitListeners(0, database)
        }
    }

    /// Looks until so many sessions listen: the server tells nobody when one begins or ends.
    private static func awaitListeners(_ count: Int, _ database: any Database) async throws {
        for _ in 0..<500 {
            let row = try await database.read {
                try $0.first(
                    """
                    SELECT COUNT(*) AS n FROM pg_stat_activity
                    WHERE datname = current_database() AND query LIKE 'LISTEN%'
                    """)
            }
            if try row?.integer("n") == count { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        Issue.record("there are not \(count) listeners")
    }
}
