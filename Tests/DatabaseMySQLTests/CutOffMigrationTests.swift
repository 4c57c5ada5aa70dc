import AtelierTesting
import Concurrency
import Database
import DatabaseMySQL
import Testing

@Suite struct `Migrations on MySQL` {
    /// Tables, rows and tables again: what a step may be.
    private static let migrations = [
        Migration(component: "shop", version: 1) { dialect in
            [
                "CREATE TABLE goods (id INT PRIMARY KEY, word VARCHAR(20))", "CREATE INDEX words ON goods (word)",
                "INSERT INTO goods (id, word) VALUES (1, 'one')", "INSERT INTO goods (id, word) VALUES (2, 'two')",
                "ALTER TABLE goods ADD COLUMN price INT NOT NULL DEFAULT 5", "UPDATE goods SET price = price + 1",
                SchemaWords(dialect).dropIndex("words", on: "goods"),
            ]
        },
        Migration(component: "shop", version: 2) { _ in ["UPDATE goods SET price = price * 2"] },
    ]

    @Test(arguments: TestDatabase.ofMySQL)
    func `cut off at any statement they are finished by the next program, each statement once`(
        on server: TestDatabase
    ) async throws {
        var count = 0
        var wereCut = true
        while wereCut {
            let outcomes = try await (count + 1...count + 8).concurrentMap(atMost: 8) { number in
                try await Self.cutAndFinish(on: server, statement: number)
            }
            count += outcomes.count { $0 }
            wereCut = outcomes.allSatisfy { $0 }
        }
        // As many as the migrations have, at the least.
        #expect(count > 15)
    }

    /// - Returns: Whether there was a statement with that number.
    private static func cutAndFinish(on server: TestDatabase, statement number: Int) async throws -> Bool {
        try await server.withURL { url in
            let scissors = Scissors(try MySQLDriver(url: url), cutAfter: number)
            let wasCut = await migrate(over: scissors)

            let database = try await server.open(url, few)
            try await Migrator(migrations).run(on: database)
            try await expectShop(on: database, "cut after statement \(number)")
            await database.close()
            return wasCut
        }
    }

    @Test(arguments: TestDatabase.ofMySQL)
    func `a table of somebody else's is not taken for ours, however often it is tried`(
        on server: TestDatabase
    ) async throws {
        try await server.with { database in
            try await database.write { try $0.execute("CREATE TABLE goods (other INT)") }

            for _ in 1...3 {
                await #expect {
                    try await Migrator(Self.migrations).run(on: database)
                } throws: { error in
                    if case DatabaseError.schemaConflict = error { true } else { false }
                }
            }
        }
    }

    @Test(arguments: TestDatabase.ofMySQL)
    func `many programs that start at once apply every statement once`(on server: TestDatabase) async throws {
        try await server.withURL { url in
            let applied = try await (1...6).concurrentMap(atMost: 6) { _ in
                let database = try await server.open(url)
                let count = try await Migrator(Self.migrations).run(on: database)
                await database.close()
                return count
            }

            #expect(applied.reduce(0, +) == 2)
            let database = try await server.open(url)
            try await Self.expectShop(on: database, "many at once")
            await database.close()
        }
    }

    private static var few: PoolLimits {
        var limits = PoolLimits()
        limits.connections = 1
        return limits
    }

    private static func migrate(over scissors: Scissors) async -> Bool {
        let database = PooledDatabase(scissors, limits: few)
        // That it fails is the point; what matters is what is left.
        _ = try? await Migrator(migrations).run(on: database)
        await database.close()
        return scissors.hasCut
    }

    private static func expectShop(on database: any Database, _ comment: Comment) async throws {
        let rows = try await database.read { try $0.query("SELECT id, word, price FROM goods ORDER BY id") }
        #expect(
            rows.map(\.values) == [
                [.integer(1), .text("one"), .integer(12)], [.integer(2), .text("two"), .integer(12)],
            ], comment)
        let steps = try await database.read { try $0.query("SELECT version FROM schema_steps") }
        #expect(steps.isEmpty, comment)
    }
}

/// A driver whose connections break for good after a statement, as when the program is killed there.
final class Scissors: ServerDriver {
    private let driver: MySQLDriver
    private let left: Locked<Int>

    init(_ driver: MySQLDriver, cutAfter count: Int) {
        self.driver = driver
        left = Locked(count)
    }

    var dialect: SQLDialect { driver.dialect }
    var hasCut: Bool { left.withLock { $0 <= 0 } }

    func connect() throws -> any ServerConnection {
        if hasCut { throw DatabaseError.unavailable("it was cut") }
        return CutConnection(try driver.connect(), self)
    }

    func pass<Value>(_ body: () throws -> Value) throws -> Value {
        let number = left.withLock { left in
            left -= 1
            return left
        }
        guard number <= 0 else { return try body() }
        // Of what the statement itself says the program hears nothing.
        if number == 0 { _ = try? body() }
        throw DatabaseError.unavailable("it was cut")
    }
}

private final class CutConnection: ServerConnection {
    private let inner: any ServerConnection
    private let scissors: Scissors

    init(_ inner: any ServerConnection, _ scissors: Scissors) { (self.inner, self.scissors) = (inner, scissors) }

    var dialect: SQLDialect { inner.dialect }
    var isBroken: Bool { inner.isBroken || scissors.hasCut }
    func begin(_ access: TransactionAccess) throws { try scissors.pass { try inner.begin(access) } }
    func commit() throws { try scissors.pass { try inner.commit() } }
    func rollback() throws { try scissors.pass { try inner.rollback() } }
    func ping() throws { try inner.ping() }
    func execute(_ statement: SQL) throws -> Int { try scissors.pass { try inner.execute(statement) } }
    func query(_ statement: SQL) throws -> [SQLRow] { try scissors.pass { try inner.query(statement) } }
    func close() { inner.close() }
}
