import AtelierTesting
import Concurrency
import Database
import Foundation
import GRPCClient
import Testing
import Workflows
import WorkflowsTemporal

/// Waits for a signal, then says which build it ran on at its end.
private struct Patient: Workflow {
    static let name = "Patient"
    func run(_ input: String, in workflow: WorkflowContext) async throws -> String {
        let first = try await workflow.execute(WhichBuild.self, "first")
        try await workflow.report(step: "WAITING", progress: 50)
        _ = try await workflow.signal(named: "go on", as: String.self)
        return first + " " + (try await workflow.execute(WhichBuild.self, "second"))
    }
}

private struct Probe: Workflow {
    static let name = "Probe"
    func run(_ input: String, in workflow: WorkflowContext) async throws -> String {
        try await workflow.execute(WhichBuild.self, input)
    }
}

private struct WhichBuild: Activity {
    static let name = "WhichBuild"
    static let options = ActivityOptions(startToClose: .seconds(30))
    let build: String
    func run(_ input: String, in activity: ActivityContext) async throws -> String { build }
}

@Suite(.enabled(if: TemporalBed.address != nil, "./test.sh starts a Temporal server"), .timeLimit(.minutes(1)))
struct `A new build beside an old one` {
    private func withBuilds(
        _ versioning: TemporalBuild.Versioning, _ body: @escaping @Sendable (TemporalBed) async throws -> Void
    ) async throws {
        try await TestDatabase.sqlite.with { database in
            try await Migrator(Migration.temporal).run(on: database)
            let bed = try await TemporalBed(database)
            let shutdown = ShutdownSignal()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for build in ["one", "two"] {
                    var registry = WorkflowRegistry()
                    registry.register(Patient.self)
                    registry.register(Probe.self)
                    registry.register(WhichBuild(build: build))
                    let worker = TemporalWorker(
                        engine: bed.temporal, registry: registry, queues: [.default: 4],
                        build: TemporalBuild(deployment: "looms", id: build, versioning: versioning))
                    group.addTask { try await worker.run(until: shutdown) }
                }
                group.addTask { try await TemporalDispatcher(engine: bed.temporal).run(until: shutdown) }
                defer { shutdown.trigger() }
                try await body(bed)
                shutdown.trigger()
                try await group.waitForAll()
            }
        }
    }

    @Test func `pinned, a job ends on the build that began it`() async throws {
        try await withBuilds(.pinned) { bed in
            try await bed.makeCurrent("one", of: "looms")
            try await bed.engine.start(Patient.self, id: "old", input: "x")
            try await bed.untilWaiting("old")
            try await bed.makeCurrent("two", of: "looms")
            try await bed.engine.start(Patient.self, id: "new", input: "x")
            try await bed.untilWaiting("new")
            for id: WorkflowID in ["old", "new"] { try await bed.engine.signal(id, named: "go on", "now") }

            #expect(try await bed.engine.result(of: Patient.self, id: "old") == "one one")
            #expect(try await bed.engine.result(of: Patient.self, id: "new") == "two two")
        }
    }

    @Test func `upgraded by itself, a job goes on with the current build`() async throws {
        try await withBuilds(.autoUpgrade) { bed in
            try await bed.makeCurrent("one", of: "looms")
            try await bed.engine.start(Patient.self, id: "old", input: "x")
            try await bed.untilWaiting("old")
            try await bed.makeCurrent("two", of: "looms")
            try await bed.engine.signal("old", named: "go on", "now")

            #expect(try await bed.engine.result(of: Patient.self, id: "old") == "one two")
        }
    }
}

extension TemporalBed {
    fileprivate func untilWaiting(_ id: WorkflowID) async throws {
        while try await engine.describe(id)?.step != "WAITING" { try await Task.sleep(for: .milliseconds(20)) }
    }

    /// The server spreads the word among its queues in the background.
    private func untilServed(by build: String) async throws {
        var served = ""
        while served != build {
            let id = WorkflowID(recorded: "probe-\(UUID().uuidString)")
            try await engine.start(Probe.self, id: id, input: "x")
            served = try await engine.result(of: Probe.self, id: id)
        }
    }

    /// Lets new runs, and those that are not pinned, go to a build, once its workers have polled.
    fileprivate func makeCurrent(_ build: String, of deployment: String) async throws {
        let request = SetCurrentVersion(namespace: namespace, deployment: deployment, build: build)
        while true {
            do {
                _ = try await channel.call(
                    "/temporal.api.workflowservice.v1.WorkflowService/SetWorkerDeploymentCurrentVersion",
                    request.protoBytes, timeout: .seconds(10))
                return try await untilServed(by: build)
            } catch let error as GRPCError where [.notFound, .failedPrecondition].contains(error.code) {
                // Its workers have yet to be heard of.
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }
}

/// The message `SetWorkerDeploymentCurrentVersionRequest`.
private struct SetCurrentVersion: ProtoMessage {
    var namespace = ""
    var deployment = ""
    var build = ""
    static let fields: [ProtoField<Self>] = [
        .string(1, \.namespace), .string(2, \.deployment), .string(7, \.build),
    ]
}
