import Concurrency
import Database
import DatabaseMySQL
import Foundation
import Testing

/// The server that the tests may use: any MySQL 8 or MariaDB, whose user may create databases.
enum TestServer {
    /// `ATELIER_TEST_MYSQL`, with the name of a database to connect to first.
    static let url = ProcessInfo.processInfo.environment["ATELIER_TEST_MYSQL"]
    static var isThere: Bool { url != nil }

    private static let threads = WorkerThreads(name: "mysql-test", count: 8)

    /// Runs `body` with the URL of an empty database of its own.
    static func withDatabase<Value>(_ body: (String) async throws -> Value) async throws -> Value {
        let name = "atelier_" + UUID().uuidString.lowercased().replacing("-", with: "")
        try await administrate("CREATE DATABASE \(unsafe: name)")
        do {
            let value = try await body(address(of: name))
            try await administrate("DROP DATABASE \(unsafe: name)")
            return value
        } catch {
            // The test's own error says more than one of the cleaning.
            try? await administrate("DROP DATABASE \(unsafe: name)")
            throw error
        }
    }

    /// Runs blocking `body` with a connection of its own.
    static func withConnection<Value: Sendable>(
        to url: String, _ body: @escaping @Sendable (any ServerConnection) throws -> Value
    ) async throws -> Value {
        try await threads.run { () throws -> Value in
            let connection = try MySQLDriver(url: url).connect()
            defer { connection.close() }
            return try body(connection)
        }
    }

    /// Runs a statement outside the tests' databases.
    static func administrate(_ statement: SQL) async throws {
        try await withConnection(to: try #require(url)) { _ = try $0.execute(statement) }
    }

    /// The server's URL with another database.
    static func address(of database: String) throws -> String {
        let server = try #require(url)
        let parts = server.split(separator: "?", maxSplits: 1)
        let start = try #require(parts[0].lastIndex(of: "/"))
        return parts[0][...start] + database + (parts.count > 1 ? "?" + parts[1] : "?")
    }
}
