import Database
import DatabaseMySQL
import Testing

@Suite(.enabled(if: TestServer.isThere)) struct `Failures of MySQL` {
    @Test func `a broken rule is named, the value that broke it is not`() async throws {
        try await inDatabase { connection in
            _ = try connection.execute(
                """
                CREATE TABLE things (
                    id INT PRIMARY KEY, word VARCHAR(60) NOT NULL, parent INT, UNIQUE KEY one_word (word),
                    CONSTRAINT known_parent FOREIGN KEY (parent) REFERENCES things (id),
                    CONSTRAINT small_id CHECK (id < 100)) CHARACTER SET utf8mb4
                """)
            let word = "it's for key 'secret' CONSTRAINT `x`"
            _ = try connection.execute("INSERT INTO things (id, word) VALUES (1, \(word))")

            let duplicate = failure { try connection.execute("INSERT INTO things (id, word) VALUES (2, \(word))") }
            guard case .constraint(let rule) = duplicate else {
                Issue.record("not a broken rule: \(String(describing: duplicate))")
                return
            }
            #expect(rule.hasPrefix("unique ") && rule.hasSuffix("one_word") && !rule.contains("secret"))
            let dangling = failure { try connection.execute("INSERT INTO things VALUES (2, 'b', 9)") }
            #expect(dangling == .constraint("foreign key known_parent"))
            let missing = failure { try connection.execute("INSERT INTO things VALUES (2, NULL, NULL)") }
            #expect(missing == .constraint("not null word"))
            let large = failure { try connection.execute("INSERT INTO things VALUES (200, 'b', NULL)") }
            #expect(large == .constraint("check small_id"))
            let mistyped = failure { try connection.execute("INSERT INTO things VALUES (\(word), 'b', 1)") }
            #expect(mistyped?.isStatement == true && mistyped?.description.contains("secret") == false)
            let long = String(repeating: "x", count: 61)
            let cut = failure { try connection.execute("INSERT INTO things VALUES (5, \(long), 1)") }
            #expect(cut?.isStatement == true)
        }
    }

    @Test func `what is there already, or gone already, is told from a wrong statement`() async throws {
        try await inDatabase { connection in
            let table: SQL = "CREATE TABLE things (id INT PRIMARY KEY)"
            let column: SQL = "ALTER TABLE things ADD COLUMN word INT"
            let index: SQL = "CREATE INDEX words ON things (word)"
            for statement in [table, column, index] { _ = try connection.execute(statement) }

            for statement in [table, column, index, "DROP INDEX nothing ON things"] {
                #expect(failure { try connection.execute(statement) }?.isSchemaConflict == true)
            }
            let wrong: [SQL] = ["SELEC 1", "SELECT missing FROM things", "SELECT 1 FROM nowhere", "SELECT 1; SELECT 2"]
            for statement in wrong {
                #expect(failure { try connection.query(statement) }?.isStatement == true)
            }
        }
    }

    @Test func `a connection that the server ends is of no more use`() async throws {
        try await TestServer.withDatabase { url in
            try await TestServer.withConnection(to: url) { connection in
                let id = try #require(try connection.first("SELECT CONNECTION_ID() AS id")?.integer("id"))
                let other = try MySQLDriver(url: url).connect()
                defer { other.close() }
                #expect(!connection.isBroken)

                _ = try other.execute("KILL \(unsafe: String(id))")

                #expect(failure { try connection.query("SELECT 1 AS one") }?.isUnavailable == true)
                #expect(connection.isBroken)
                #expect(throws: DatabaseError.self) { try connection.ping() }
            }
        }
    }

    @Test func `a statement that takes too long ends its connection`() async throws {
        try await TestServer.withDatabase { url in
            try await TestServer.withConnection(to: url + "&statement-timeout=1") { connection in
                #expect(failure { try connection.query("SELECT SLEEP(30) AS slept") }?.isUnavailable == true)
                #expect(connection.isBroken)
            }
        }
    }

    @Test(arguments: [
        ("mysql://nobody:canary@HOST/DATABASE", "check user and password"),
        ("mysql://USER@HOST/nowhere", "create it"),
        ("mysql://USER:canary@127.0.0.1:1/DATABASE", "127.0.0.1:1 cannot be reached"),
        ("mysql://USER:canary@no-such-host.invalid/DATABASE?connect-timeout=2", "no-such-host.invalid:3306 cannot be"),
        ("mysql://USER:canary@h/DATABASE?socket=/nowhere/at.all", "cannot be reached"),
    ]) func `a server that cannot be used says why and what to do, without the password`(
        _ url: String, _ words: String
    ) async throws {
        try await TestServer.withDatabase { working in
            let parts = working.split(separator: "/")
            let whole = try #require(parts.dropFirst().first)
            let at = whole.lastIndex(of: "@") ?? whole.startIndex
            let database = try #require(parts.last?.split(separator: "?").first)
            let address = url.replacing("HOST", with: whole[at...].dropFirst())
                .replacing("USER@", with: whole[...at]).replacing("USER", with: "nobody")
                .replacing("DATABASE", with: database)

            let error = await #expect(throws: DatabaseError.self) {
                try await TestServer.withConnection(to: address) { _ in }
            }

            #expect(error?.isRetryable == true)
            #expect(error?.description.contains(words) == true, "\(String(describing: error))")
            #expect(error?.description.contains("canary") == false)
        }
    }

    private func inDatabase(_ body: @escaping @Sendable (any ServerConnection) throws -> Void) async throws {
        try await TestServer.withDatabase { try await TestServer.withConnection(to: $0, body) }
    }
}

/// The error that `body` ends with.
private func failure<Value>(_ body: () throws -> Value) -> DatabaseError? {
    #expect(throws: DatabaseError.self) { try body() }
}

extension DatabaseError {
    fileprivate var isStatement: Bool { if case .statement = self { true } else { false } }
    fileprivate var isUnavailable: Bool { if case .unavailable = self { true } else { false } }
    fileprivate var isSchemaConflict: Bool { if case .schemaConflict = self { true } else { false } }
}
