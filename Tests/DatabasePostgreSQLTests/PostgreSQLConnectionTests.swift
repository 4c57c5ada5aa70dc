import AtelierTesting
import Concurrency
import Database
import DatabasePostgreSQL
import Testing

@Suite(.enabled(if: TestDatabase.postgresql.isAvailable), .timeLimit(.minutes(2)))
struct `A connection to PostgreSQL` {
    private struct Swallowed: Error {}

    @Test func `reads every kind of number that sums and decimals give`() async throws {
        let expected: [(SQL, SQLValue)] = [
            ("SELECT SUM(x) AS n FROM (VALUES (9000000000::bigint), (1)) AS v (x)", .integer(9_000_000_001)),
            ("SELECT 100000000::numeric AS n", .integer(100_000_000)), ("SELECT 0::numeric AS n", .integer(0)),
            ("SELECT (-12)::numeric AS n", .integer(-12)), ("SELECT 1.5::numeric AS n", .real(1.5)),
            ("SELECT (-0.00025)::numeric AS n", .real(-0.00025)), ("SELECT 1e30::numeric AS n", .real(1e30)),
            ("SELECT 7::smallint AS n", .integer(7)), ("SELECT true AS n", .integer(1)),
            ("SELECT 0.5::real AS n", .real(0.5)), ("SELECT 'x'::char(1) AS n", .text("x")),
        ]
        try await TestDatabase.postgresql.with { database in
            for (statement, value) in expected {
                let row = try await database.read { try $0.first(statement) }
                #expect(row?["n"] == value, "\(statement.questionMarked)")
            }
        }
    }

    @Test func `refuses a text with a NUL and a type it does not know, and goes on`() async throws {
        try await TestDatabase.postgresql.with { database in
            for statement: SQL in ["SELECT \("a\u{0}b") AS x", "SELECT now() AS x"] {
                await #expect {
                    _ = try await database.read { try $0.query(statement) }
                } throws: { error in
                    if case DatabaseError.statement = error { true } else { false }
                }
            }
            let value = try await database.read { try $0.first("SELECT 1 AS x")?.integer("x") }
            #expect(value == 1)
        }
    }

    @Test func `compares a number with a column too small for it`() async throws {
        try await TestDatabase.postgresql.with { database in
            try await database.write { try $0.execute("CREATE TABLE small (n INTEGER)") }
            try await database.write { try $0.execute("INSERT INTO small (n) VALUES (\(5))") }
            let above = try await database.read {
                try $0.query("SELECT n FROM small WHERE n > \(Int.min) AND n < \(Int.max)")
            }
            #expect(above.count == 1)
        }
    }

    @Test func `keeps more statements in use than it keeps prepared`() async throws {
        try await TestDatabase.postgresql.with { database in
            for _ in 1...2 {
                let sum = try await database.read { connection in
                    try (1...300).reduce(0) { sum, number in
                        let row = try connection.first("SELECT \(unsafe: String(number)) + \(0) AS n")
                        return try sum + (row?.integer("n") ?? 0)
                    }
                }
                #expect(sum == 45_150)
            }
        }
    }

    @Test func `notices that a table has changed under a prepared statement`() async throws {
        var limits = PoolLimits()
        limits.connections = 1
        try await TestDatabase.postgresql.with(limits: limits) { database in
            try await database.write { try $0.execute("CREATE TABLE things (id BIGINT PRIMARY KEY)") }
            for columns in 1...3 {
                let row = try await database.write { connection in
                    let id = columns
                    try connection.execute("INSERT INTO things (id) VALUES (\(id))")
                    return try connection.first("SELECT * FROM things")
                }
                #expect(row?.columns.count == columns)
                try await database.write {
                    try $0.execute("ALTER TABLE things ADD COLUMN c\(unsafe: String(columns)) TEXT")
                }
            }
        }
    }

    @Test func `a body that goes on after a refusal does not commit the rest`() async throws {
        try await TestDatabase.postgresql.with { database in
            try await database.write { try $0.execute("CREATE TABLE things (id BIGINT PRIMARY KEY)") }

            await #expect {
                try await database.write { connection in
                    try connection.execute("INSERT INTO things (id) VALUES (1)")
                    // The server takes nothing more in this transaction; whoever ignores that must not seem to succeed.
                    _ = try? connection.execute("INSERT INTO things (id) VALUES (1)")
                }
            } throws: { error in
                if case DatabaseError.constraint = error { true } else { false }
            }
            let rows = try await database.read { try $0.query("SELECT id FROM things") }
            #expect(rows.isEmpty)
        }
    }

    @Test func `a statement that takes too long is given up with the setting that says so`() async throws {
        try await TestDatabase.postgresql.withURL { url in
            var limits = PostgreSQLLimits()
            limits.statement = .milliseconds(100)
            let database = PooledDatabase(try PostgreSQLDriver(url: url, limits: limits))

            await #expect {
                _ = try await database.read { try $0.query("SELECT pg_sleep(30)") }
            } throws: { error in
                "\(error)".contains("ATELIER_DATABASE_STATEMENT_TIMEOUT")
            }
            let value = try await database.read { try $0.first("SELECT 1 AS x")?.integer("x") }
            #expect(value == 1)
            await database.close()
        }
    }

    @Test func `a network that swallows everything holds a transaction for its time limit only`() async throws {
        try await TestDatabase.postgresql.withProxy { url, proxy in
            var limits = PostgreSQLLimits()
            (limits.connect, limits.statement) = (.seconds(2), .milliseconds(100))
            (limits.check, limits.delay) = (.milliseconds(100), .milliseconds(100))
            var pool = PoolLimits()
            pool.checkAfter = .zero
            let database = PooledDatabase(try PostgreSQLDriver(url: url, limits: limits), limits: pool)

            for silencesInside in [true, false] {
                _ = try await database.read { try $0.query("SELECT 1 AS x") }
                if !silencesInside { proxy.weather = .silent }
                await #expect {
                    _ = try await database.read { connection in
                        if silencesInside { proxy.weather = .silent }
                        return try connection.query("SELECT 2 AS x")
                    }
                } throws: { error in
                    if case DatabaseError.unavailable = error { true } else { false }
                }
                proxy.weather = .fair
            }
            let value = try await database.read { try $0.first("SELECT 3 AS x")?.integer("x") }
            #expect(value == 3)
            await database.close()
        }
    }

    @Test(arguments: [
        ("postgres://u:canary-7f@ss@127.0.0.1:5432/x", "percent-encode"),
        ("postgres://u:canary-7f@h/x?nonsense=1", "URL"),
        ("postgres://u:canary-7f@127.0.0.1:x/y", "URL"),
    ])
    func `a URL that cannot be read is refused without its password`(_ url: String, _ hint: String) throws {
        #expect {
            let driver = try PostgreSQLDriver(url: url)
            _ = try driver.connect()
        } throws: { error in
            "\(error)".contains(hint) && !"\(error)".contains("canary")
        }
    }

    @Test func `encryption that the server does not offer is refused with advice`() async throws {
        let url = try #require(TestDatabase.postgresql.server) + "?sslmode=require"
        let database = PooledDatabase(try PostgreSQLDriver(url: url))

        await #expect {
            _ = try await database.read { _ in 1 }
        } throws: { error in
            "\(error)".contains("sslmode")
        }
        await database.close()
    }

    @Test func `a session says who it is, and keeps time in UTC`() async throws {
        try await TestDatabase.postgresql.with { database in
            let row = try await database.read {
                try $0.first("SELECT current_setting('application_name') AS name, current_setting('TimeZone') AS zone")
            }
            #expect(try row?.text("name") == "atelier")
            #expect(try row?.text("zone") == "UTC")
        }
    }
}
