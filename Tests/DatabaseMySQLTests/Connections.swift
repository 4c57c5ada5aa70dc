import AtelierTesting
import Concurrency
import Database
import DatabaseMySQL

/// Runs the tests' blocking work beside Swift's own threads.
private let threads = WorkerThreads(name: "mysql-test", count: 8)

/// Runs blocking `body` with a connection of its own.
func withConnection<Value: Sendable>(
    to url: String, _ body: @escaping @Sendable (any ServerConnection) throws -> Value
) async throws -> Value {
    try await threads.run { () throws -> Value in
        let connection = try MySQLDriver(url: url).connect()
        defer { connection.close() }
        return try body(connection)
    }
}

/// Runs blocking `body` with a connection to an empty database of its own.
func inDatabase(
    of server: TestDatabase, _ body: @escaping @Sendable (any ServerConnection) throws -> Void
) async throws {
    try await server.withURL { try await withConnection(to: $0, body) }
}

extension String {
    /// A URL with one more option.
    func with(option: String) -> String { self + (contains("?") ? "&" : "?") + option }
}
