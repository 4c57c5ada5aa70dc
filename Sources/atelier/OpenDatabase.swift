import Database
import DatabaseMySQL
import DatabasePostgreSQL
import DatabaseSQLite
import Observability
import Settings

extension ProgramSettings {
    /// Opens the database that `DATABASE_URL` names; a server is reached only when there is work for it.
    /// - Throws: ``Database/DatabaseError/unavailable(_:)`` when the file or the URL is of no use.
    func openDatabase(logger: Logger = .silent, metrics: Metrics = Metrics()) async throws -> any Database {
        guard let driver = try databaseDriver() else {
            return try await SQLiteDatabase(
                path: path(DatabaseSettings.url, scheme: "sqlite"), logger: logger, metrics: metrics)
        }
        var limits = PoolLimits()
        limits.connections = self[DatabaseSettings.connections]
        limits.patience = self[DatabaseSettings.patience]
        return PooledDatabase(driver, limits: limits, logger: logger, metrics: metrics)
    }

    /// What reaches the server that `DATABASE_URL` names; nil for SQLite, which has none.
    private func databaseDriver() throws -> (any ServerDriver)? {
        let url = self[DatabaseSettings.url]
        let statement = self[DatabaseSettings.statementTimeout]
        switch url.prefix(while: { $0 != ":" }).lowercased() {
        case "postgres", "postgresql":
            var limits = PostgreSQLLimits()
            limits.statement = statement
            return try PostgreSQLDriver(url: url, limits: limits)
        case "mysql", "mariadb": return try MySQLDriver(url: url, statementLimit: statement)
        default: return nil
        }
    }

    /// Tests the database, for the doctor.
    /// - Returns: What was found, in a few words.
    func examineDatabase() async throws -> String {
        let database = try await openDatabase()
        do {
            let finding = try await Self.examine(database)
            await database.close()
            return finding
        } catch {
            await database.close()
            throw error
        }
    }

    private static func examine(_ database: any Database) async throws -> String {
        if let file = database as? SQLiteDatabase {
            let faults = try await file.verify()
            guard faults.isEmpty else { throw DatabaseError.unavailable(faults.joined(separator: "; ")) }
            return "opens, and every page is sound"
        }
        let version = try await database.read { try $0.first("SELECT version() AS version")?.text("version") } ?? ""
        return "answers: \(database.dialect.rawValue), \(version.prefix { $0 != "(" }.prefix(60))"
    }
}
