import Database
import DatabaseMySQL
import DatabasePostgreSQL
import DatabaseSQLite
import FoundationEssentials
import Observability

/// Where a measurement's database lies: a file in a scratch folder, or a schema or database of its own on a server.
struct ScratchPlace: Sendable {
    private enum Kind: Sendable {
        case file(folder: String)
        case schema(server: String)
        case database(server: String)
    }
    private let kind: Kind
    private let name = "atelier_bench_" + UUID().uuidString.prefix(8).lowercased()

    /// - Parameter url: `postgres://...` or `mysql://...` of a server where the user may make schemas or databases; nil
    ///   for a file.
    init(_ url: String?) throws {
        switch url?.split(separator: ":").first {
        case nil: kind = .file(folder: try ScratchFolder.make("bench"))
        case "postgres", "postgresql": kind = .schema(server: url ?? "")
        case "mysql", "mariadb": kind = .database(server: url ?? "")
        default: throw UsageError("--database takes postgres://... or mysql://...; without it SQLite is measured")
        }
    }

    /// Opens it, fresh and empty.
    func open(connections: Int, metrics: Metrics) async throws -> any Database {
        var limits = PoolLimits()
        limits.connections = connections
        switch kind {
        case .file(let folder): return try await SQLiteDatabase(path: folder + "/bench.db", metrics: metrics)
        case .schema(let server):
            try await run("CREATE SCHEMA \(unsafe: name)", on: PostgreSQLDriver(url: server))
            let driver = try PostgreSQLDriver(url: Self.with(server, "options=-csearch_path%3D\(name)"))
            return PooledDatabase(driver, limits: limits, metrics: metrics)
        case .database(let server):
            try await run("CREATE DATABASE \(unsafe: name)", on: MySQLDriver(url: server))
            return PooledDatabase(try MySQLDriver(url: named(server)), limits: limits, metrics: metrics)
        }
    }

    /// Leaves nothing behind; the database must be closed.
    func remove() async throws {
        switch kind {
        case .file(let folder): try FileManager.default.removeItem(atPath: folder)
        case .schema(let server):
            try await run("DROP SCHEMA \(unsafe: name) CASCADE", on: PostgreSQLDriver(url: server))
        case .database(let server): try await run("DROP DATABASE \(unsafe: name)", on: MySQLDriver(url: server))
        }
    }

    private func run(_ statement: SQL, on driver: any ServerDriver) async throws {
        let server = PooledDatabase(driver)
        do {
            try await server.write { connection in _ = try connection.execute(statement) }
        } catch {
            await server.close()
            throw error
        }
        await server.close()
    }

    private static func with(_ url: String, _ parameter: String) -> String {
        url + (url.contains("?") ? "&" : "?") + parameter
    }

    /// `server` with the path replaced by this database.
    private func named(_ server: String) -> String {
        let parts = server.split(separator: "?", maxSplits: 1)
        let address = parts[0].split(separator: "/", omittingEmptySubsequences: false).prefix(3).joined(separator: "/")
        return "\(address)/\(name)" + (parts.count > 1 ? "?\(parts[1])" : "")
    }
}
