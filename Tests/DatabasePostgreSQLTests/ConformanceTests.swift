import AtelierTesting
import Testing

// Without a server, as in a plain `swift test`, there is nothing to run these on; ./test.sh starts one.
@Suite(.enabled(if: TestDatabase.postgresql.isAvailable)) struct `PostgreSQL as a database` {
    @Test(arguments: DatabaseConformance.checks)
    func `holds what every database promises`(_ check: DatabaseCheck) async throws {
        try await TestDatabase.postgresql.with { database in try await check.run(on: database) }
    }
}
