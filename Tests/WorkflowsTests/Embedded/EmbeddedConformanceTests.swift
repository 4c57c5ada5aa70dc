import AtelierTesting
import Testing
import Workflows
import WorkflowsSQL

@Suite struct `The embedded engine` {
    /// A wake-up that gets lost is not found later: the check hangs and fails.
    private static let withoutSweep = WorkerLimits(sweepInterval: .seconds(3600))

    @Test(.timeLimit(.minutes(1)), arguments: TestDatabase.available, WorkflowConformance.checks)
    func `holds what every engine promises`(on kind: TestDatabase, _ check: WorkflowCheck) async throws {
        try await withWorkflowDatabase(on: kind) { database in
            try await check.run(on: EmbeddedBed(database, limits: Self.withoutSweep))
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: TestDatabase.available, WorkflowConformance.checks)
    func `holds it with room for two runs in memory`(on kind: TestDatabase, _ check: WorkflowCheck) async throws {
        // A parent with its children does not fit then: every wait costs a replay.
        try await withWorkflowDatabase(on: kind) { database in
            try await check.run(
                on: EmbeddedBed(database, limits: WorkerLimits(runsInMemory: 2, sweepInterval: .seconds(3600))))
        }
    }
}
