import Concurrency
public import Database
import DatabasePostgreSQL
import DatabaseSQLite
import FoundationEssentials
public import Testing

/// A kind of database that tests run on.
///
/// `./test.sh` starts a server of each kind and says in the environment where it is; in a plain `swift test` those that
/// nobody named are left out.
public enum TestDatabase: String, Sendable, CaseIterable {
    case sqlite, postgresql

    /// SQLite, and every server that runs: for suites over all kinds.
    public static var available: [TestDatabase] { allCases.filter { $0.isAvailable } }

    /// Whether it can be used in this run.
    public var isAvailable: Bool { self == .sqlite || server != nil }

    /// Runs `body` with an empty database, which is removed afterwards.
    @discardableResult
    public func with<Value>(
        limits: PoolLimits = PoolLimits(), isolation: isolated (any Actor)? = #isolation,
        _ body: (any Database) async throws -> Value
    ) async throws -> Value {
        try await withURL { url in
            let database = try await open(url, limits)
            do {
                let value = try await body(database)
                await database.close()
                return value
            } catch {
                await database.close()
                throw error
            }
        }
    }

    /// Runs `body` with the `DATABASE_URL` of an empty database, which is removed afterwards.
    @discardableResult
    public func withURL<Value>(
        isolation: isolated (any Actor)? = #isolation, _ body: (String) async throws -> Value
    ) async throws -> Value {
        guard let server else {
            return try await withTemporaryFolder { try await body("sqlite://" + $0.file("data.db")) }
        }
        let name = try await take()
        do {
            let value = try await body(Self.url(server, database: name))
            try await giveBack(name)
            return value
        } catch {
            try await giveBack(name)
            throw error
        }
    }

    /// Opens the database that `url` names.
    public func open(_ url: String, _ limits: PoolLimits = PoolLimits()) async throws -> any Database {
        switch self {
        case .sqlite: try await SQLiteDatabase(path: String(url.dropFirst("sqlite://".count)))
        case .postgresql: PooledDatabase(try PostgreSQLDriver(url: url), limits: limits)
        }
    }

    /// Where the server is that `./test.sh` has started.
    public var server: String? { ProcessInfo.processInfo.environment["ATELIER_TEST_" + rawValue.uppercased()] }

    private static let threads = WorkerThreads(name: "test-databases", count: 4)
    /// Emptied databases: making and dropping one costs PostgreSQL far more than emptying it.
    private static let spare = Locked<[TestDatabase: [String]]>([:])

    private func take() async throws -> String {
        if let name = Self.spare.withLock({ $0[self]?.popLast() }) { return name }
        let name = "test_" + UUID().uuidString.lowercased().replacing("-", with: "")
        try await administer(["CREATE DATABASE \(unsafe: name)"], in: nil)
        return name
    }

    private func giveBack(_ name: String) async throws {
        try await administer(
            [
                // A program that a test has killed may still hold locks.
                """
                SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
                WHERE datname = \(name) AND pid <> pg_backend_pid()
                """,
                "DROP SCHEMA public CASCADE", "CREATE SCHEMA public",
            ], in: name)
        Self.spare.withLock { $0[self, default: []].append(name) }
    }

    /// Runs statements outside any transaction, where databases are made.
    private func administer(_ statements: [SQL], in database: String?) async throws {
        guard let server else { return }
        let url = database.map { Self.url(server, database: $0) } ?? server
        let driver: any ServerDriver
        switch self {
        case .sqlite: return
        case .postgresql: driver = try PostgreSQLDriver(url: url)
        }
        try await Self.threads.run {
            let connection = try driver.connect()
            defer { connection.close() }
            for statement in statements { try connection.execute(statement) }
        }
    }

    private static func url(_ server: String, database: String) -> String {
        var components = URLComponents(string: server) ?? URLComponents()
        components.path = "/" + database
        return components.string ?? server
    }
}

extension TestDatabase: CustomTestStringConvertible {
    /// Its name in the list of tests.
    public var testDescription: String { rawValue }
}
