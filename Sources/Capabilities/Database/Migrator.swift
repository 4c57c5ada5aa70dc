public import Concurrency
import FoundationEssentials

/// Brings a database's tables up to what this program knows.
///
/// The table `schema_versions` holds one row for each migration that was applied, with the time in milliseconds since
/// 1970. Each migration and its row are one transaction, so that a crash leaves a known version, and two programs that
/// start at once do not apply one twice.
public struct Migrator: Sendable {
    private let components: [Component]
    private let clock: any WallClock

    private struct Component {
        let name: String
        let migrations: [Migration]
    }

    /// Sorts `migrations` by component (in the order of their first mention) and version.
    /// - Throws: ``DatabaseError/statement(_:)`` when a component's versions are not 1, 2, 3 ...
    public init(_ migrations: [Migration], clock: any WallClock = SystemClock()) throws(DatabaseError) {
        var components: [Component] = []
        for migration in migrations where !components.contains(where: { $0.name == migration.component }) {
            let own = migrations.filter { $0.component == migration.component }.sorted { $0.version < $1.version }
            let versions = own.map(\.version)
            guard versions == Array(1...own.count) else {
                throw .statement("the migrations of \(migration.component) are \(versions), not 1 to \(own.count)")
            }
            components.append(Component(name: migration.component, migrations: own))
        }
        self.components = components
        self.clock = clock
    }

    /// Applies what is missing; repeating it changes nothing.
    /// - Returns: How many migrations were applied.
    /// - Throws: ``DatabaseError/newerSchema(component:found:known:)`` before anything is changed when the tables were
    ///   written by a newer program; ``DatabaseError/statement(_:)`` when a version is missing among the applied ones.
    @discardableResult
    public func run(on database: any Database) async throws -> Int {
        try await database.write { connection in
            try connection.execute(
                """
                CREATE TABLE IF NOT EXISTS schema_versions (
                    component VARCHAR(64) NOT NULL, version INTEGER NOT NULL, applied_at BIGINT NOT NULL,
                    PRIMARY KEY (component, version))
                """)
        }
        try await database.read { connection in
            for component in components { _ = try Self.version(of: component, on: connection) }
        }
        var count = 0
        for component in components {
            for migration in component.migrations where try await apply(migration, of: component, on: database) {
                count += 1
            }
        }
        return count
    }

    private func apply(_ migration: Migration, of component: Component, on database: any Database) async throws -> Bool
    {
        let milliseconds = Int(clock.now.timeIntervalSince1970 * 1000)
        return try await database.write { connection in
            if connection.dialect == .postgresql {
                // The first statement settles what the transaction sees, and a lock is none that looks: without it a
                // program that waited here for another would go by what was so before.
                try connection.execute("LOCK TABLE schema_versions IN SHARE ROW EXCLUSIVE MODE")
            }
            // Read again inside the write transaction: another program may have applied it since.
            guard try Self.version(of: component, on: connection) < migration.version else { return false }
            for statement in migration.statements(connection.dialect) { try connection.execute(statement) }
            try connection.execute(
                """
                INSERT INTO schema_versions (component, version, applied_at)
                VALUES (\(component.name), \(migration.version), \(milliseconds))
                """)
            return true
        }
    }

    private static func version(of component: Component, on connection: any SQLConnection) throws -> Int {
        let rows = try connection.query(
            "SELECT version FROM schema_versions WHERE component = \(component.name) ORDER BY version")
        let versions = try rows.map { try $0.integer("version") }
        guard let found = versions.last else { return 0 }
        let known = component.migrations.count
        guard found <= known else {
            throw DatabaseError.newerSchema(component: component.name, found: found, known: known)
        }
        guard versions == Array(1...found) else {
            throw DatabaseError.statement(
                "schema_versions holds \(versions) for \(component.name), which skips a version; restore a backup")
        }
        return found
    }
}
