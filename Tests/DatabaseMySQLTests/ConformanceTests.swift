import AtelierTesting
import Testing

@Suite struct `MySQL as a database` {
    // Without a server, as in a plain `swift test`, there is nothing to run these on; ./test.sh starts one.
    @Test(arguments: TestDatabase.ofMySQL, DatabaseConformance.checks)
    func `holds what every database promises`(on server: TestDatabase, _ check: DatabaseCheck) async throws {
        try await server.with { database in try await check.run(on: database) }
    }
}
