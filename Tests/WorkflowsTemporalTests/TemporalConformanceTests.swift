import AtelierTesting
import Database
import Testing
import Workflows
import WorkflowsTemporal

@Suite(.enabled(if: TemporalBed.address != nil, "./test.sh starts a Temporal server"))
struct `The Temporal engine` {
    @Test(.timeLimit(.minutes(1)), arguments: TestDatabase.available, WorkflowConformance.checks)
    func `holds what every engine promises`(on kind: TestDatabase, _ check: WorkflowCheck) async throws {
        try await kind.with { database in
            try await Migrator(Migration.temporal).run(on: database)
            try await check.run(on: try await TemporalBed(database))
        }
    }
}
