import Database
import DatabaseMySQL
import Testing

@Suite(.enabled(if: TestServer.isThere)) struct `A connection to MySQL` {
    @Test func `fetches values of every length whole`() async throws {
        try await inDatabase { connection in
            _ = try connection.execute("CREATE TABLE big (id INT, body LONGTEXT CHARACTER SET utf8mb4, bytes LONGBLOB)")
            let lengths = [0, 1, 511, 512, 513, 65_535, 65_536, 1_000_000]
            for length in lengths {
                let text = String(repeating: "ü", count: length)
                _ = try connection.execute(
                    "INSERT INTO big VALUES (\(length), \(text), \([UInt8](repeating: 7, count: length)))")
            }

            let rows = try connection.query("SELECT * FROM big ORDER BY id")
            #expect(try rows.map { try $0.text("body").count } == lengths)
            #expect(try rows.map { try $0.blob("bytes").count } == lengths)
            #expect(try rows.last?.text("body") == String(repeating: "ü", count: 1_000_000))
        }
    }

    @Test func `tells numbers of every type as numbers`() async throws {
        try await inDatabase { connection in
            let row = try connection.first(
                """
                SELECT COUNT(*) AS counted, SUM(n) AS summed, AVG(n) AS averaged, MAX(big) AS biggest,
                    MAX(huge) AS hugest, MAX(flag) AS flagged, SUM(NULL) AS nothing, MAX(word) AS word
                FROM (SELECT 3 AS n, CAST(18 AS UNSIGNED) AS big, 18446744073709551615 AS huge, TRUE AS flag, 'ü' AS word
                    UNION ALL SELECT 4, 19, 1, FALSE, 'a') AS numbers
                """)

            #expect(
                row?.values == [
                    .integer(2), .integer(7), .real(3.5), .integer(19), .real(18_446_744_073_709_551_616), .integer(1),
                    .null, .text("ü"),
                ])
        }
    }

    @Test func `counts the rows that an update matched, changed or not`() async throws {
        try await inDatabase { connection in
            _ = try connection.execute("CREATE TABLE things (id INT PRIMARY KEY, word VARCHAR(20))")
            _ = try connection.execute("INSERT INTO things VALUES (1, 'same'), (2, 'same')")

            #expect(try connection.execute("UPDATE things SET word = 'same'") == 2)
            #expect(try connection.execute("UPDATE things SET word = 'same' WHERE id > 5") == 0)
        }
    }

    @Test func `sees a table's new columns with a statement that was prepared before`() async throws {
        try await inDatabase { connection in
            _ = try connection.execute("CREATE TABLE things (id INT PRIMARY KEY)")
            _ = try connection.execute("INSERT INTO things VALUES (1)")
            #expect(try connection.first("SELECT * FROM things")?.columns == ["id"])

            _ = try connection.execute("ALTER TABLE things ADD COLUMN word VARCHAR(9) NOT NULL DEFAULT 'new'")

            #expect(try connection.first("SELECT * FROM things")?.values == [.integer(1), .text("new")])
            _ = try connection.execute("ALTER TABLE things MODIFY COLUMN id VARCHAR(9)")
            #expect(try connection.first("SELECT * FROM things")?.values == [.text("1"), .text("new")])
        }
    }

    @Test func `keeps a bounded number of statements prepared`() async throws {
        try await inDatabase { connection in
            for number in 1...300 { _ = try connection.query("SELECT \(unsafe: "\(number)") AS number") }
            let held = try connection.first("SHOW SESSION STATUS LIKE 'Com_stmt_close'")?.text("Value")

            #expect(Int(held ?? "") ?? 0 >= 300 - 128)
            #expect(try connection.first("SELECT 1 AS number")?.integer("number") == 1)
        }
    }

    @Test func `says that values are more than the server takes, and goes on`() async throws {
        try await inDatabase { connection in
            let limit = try connection.first("SELECT @@max_allowed_packet AS size")?.integer("size") ?? 0
            let error = #expect(throws: DatabaseError.self) {
                try connection.query("SELECT LENGTH(\([UInt8](repeating: 1, count: limit))) AS length")
            }

            #expect(error?.isRetryable == false)
            #expect(error?.description.contains("max_allowed_packet") == true)
            #expect(try connection.first("SELECT 1 AS one")?.integer("one") == 1)
        }
    }

    @Test func `takes statements that the server does not prepare`() async throws {
        try await inDatabase { connection in
            _ = try connection.execute("CREATE TABLE things (id INT PRIMARY KEY)")
            try connection.begin(.writing)
            _ = try connection.execute("INSERT INTO things VALUES (1)")
            _ = try connection.execute("SAVEPOINT one")
            _ = try connection.execute("INSERT INTO things VALUES (2)")
            _ = try connection.execute("ROLLBACK TO SAVEPOINT one")
            try connection.commit()

            #expect(try connection.query("SELECT id FROM things").count == 1)
        }
    }

    private func inDatabase(_ body: @escaping @Sendable (any ServerConnection) throws -> Void) async throws {
        try await TestServer.withDatabase { try await TestServer.withConnection(to: $0, body) }
    }
}
