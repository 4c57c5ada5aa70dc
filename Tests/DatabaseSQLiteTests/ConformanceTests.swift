import AtelierTesting
import DatabaseSQLite
import Testing

@Suite struct `SQLite as a database` {
    @Test(arguments: DatabaseConformance.checks)
    func `holds what every database promises`(_ check: DatabaseCheck) async throws {
        try await withTemporaryFolder { folder in
            let database = try await SQLiteDatabase(path: folder.file("data.db"))
            try await check.run(on: database)
            await database.close()
        }
    }
}
