import AtelierTesting
import Concurrency
import Database
import Testing
import Workflows
import WorkflowsSQL

/// Workflow code that changes while workflows are on their way.
@Suite(.timeLimit(.minutes(1))) struct `A change of workflow code` {
    /// The first version; the other types stand for later ones, under the same name.
    struct Version1: Workflow {
        static let name = "Evolving"
        func run(_ input: String, in workflow: WorkflowContext) async throws -> String {
            let packed = try await workflow.execute(Errand.self, "pack", id: "pack")
            return packed + " " + (try await workflow.signal(named: "go"))
        }
    }
    struct Renamed: Workflow {
        static let name = "Evolving"
        func run(_ input: String, in workflow: WorkflowContext) async throws -> String {
            let packed = try await workflow.execute(Errand.self, "pack", id: "wrap")
            return packed + " " + (try await workflow.signal(named: "go"))
        }
    }
    struct Guarded: Workflow {
        static let name = "Evolving"
        func run(_ input: String, in workflow: WorkflowContext) async throws -> String {
            let packed = try await workflow.execute(Errand.self, "pack", id: "pack")
            let stamp = workflow.patched("stamp") ? try await workflow.execute(Errand.self, "stamp") : "no stamp"
            return packed + " " + stamp + " " + (try await workflow.signal(named: "go"))
        }
    }
    struct GuardedFromTheStart: Workflow {
        static let name = "Evolving"
        func run(_ input: String, in workflow: WorkflowContext) async throws -> String {
            let id = workflow.patched("wrap") ? "wrap" : "pack"
            return try await workflow.execute(Errand.self, id, id: id) + " " + (try await workflow.signal(named: "go"))
        }
    }

    private func registry<W: Workflow>(_ version: W.Type) -> WorkflowRegistry {
        var registry = WorkflowRegistry()
        registry.register(version)
        registry.register(Errand { input, _ in input })
        return registry
    }

    /// Leaves a workflow of the first version that waits for its signal.
    private func leaveWaiting(_ bed: EmbeddedBed) async throws {
        try await bed.withWorker(registry(Version1.self), queues: [.default: 1]) {
            try await bed.engine.start(Version1.self, id: "old", input: "x")
            while try await bed.completions() == 0 { try await pause() }
        }
    }

    @Test func `that asks for something else than the history holds stops, names both, and can be taken back`()
        async throws
    {
        try await withWorkflowDatabase { database, _ in
            let bed = EmbeddedBed(database)
            try await leaveWaiting(bed)
            try await bed.engine.signal("old", named: "go", "now")
            try await bed.withWorker(registry(Renamed.self), queues: [.default: 1]) {
                let problem = try await bed.problem(of: "old")
                #expect(problem.contains("activity pack (Errand)"))
                #expect(problem.contains("activity wrap (Errand)"))
                #expect(try await bed.engine.describe("old")?.status == .running)
            }
            try await bed.withWorker(registry(Version1.self), queues: [.default: 1]) {
                let output = try await bed.engine.result(of: Version1.self, id: "old")
                #expect(output == "pack now")
                #expect(try await bed.engine.describe("old")?.problem == nil)
            }
        }
    }

    @Test func `that stopped a workflow still lets it be cancelled`() async throws {
        try await withWorkflowDatabase { database, _ in
            let bed = EmbeddedBed(database)
            try await leaveWaiting(bed)
            try await bed.engine.signal("old", named: "go", "now")
            try await bed.withWorker(registry(Renamed.self), queues: [.default: 1]) {
                _ = try await bed.problem(of: "old")
                try await bed.engine.requestCancel("old", reason: "enough")
                #expect(try await bed.engine.waitForClose(of: "old")?.status == .cancelled)
            }
        }
    }

    @Test func `behind a patch leaves running workflows on their path and takes new ones along`() async throws {
        try await withWorkflowDatabase { database, _ in
            let bed = EmbeddedBed(database)
            try await leaveWaiting(bed)
            try await bed.withWorker(registry(GuardedFromTheStart.self), queues: [.default: 1]) {
                try await bed.engine.start(GuardedFromTheStart.self, id: "new", input: "x")
                for id: WorkflowID in ["old", "new"] { try await bed.engine.signal(id, named: "go", "now") }
                #expect(try await bed.engine.result(of: Version1.self, id: "old") == "pack now")
                #expect(try await bed.engine.result(of: Version1.self, id: "new") == "wrap now")
            }
        }
    }

    @Test func `behind a patch beyond what a workflow has done takes it along`() async throws {
        try await withWorkflowDatabase { database, _ in
            let bed = EmbeddedBed(database)
            try await leaveWaiting(bed)
            try await bed.withWorker(registry(Guarded.self), queues: [.default: 1]) {
                try await bed.engine.signal("old", named: "go", "now")
                #expect(try await bed.engine.result(of: Version1.self, id: "old") == "pack stamp now")
            }
        }
    }

    @Test func `that removes a workflow stops its runs until a worker knows it again`() async throws {
        try await withWorkflowDatabase { database, _ in
            let bed = EmbeddedBed(database)
            try await bed.engine.start(Version1.self, id: "old", input: "x")
            try await bed.withWorker(.errands { input, _ in input }, queues: [.default: 1]) {
                let problem = try await bed.problem(of: "old")
                #expect(problem.contains("no worker here knows the workflow Evolving"))
            }
            try await bed.withWorker(registry(Version1.self), queues: [.default: 1]) {
                try await bed.engine.signal("old", named: "go", "now")
                #expect(try await bed.engine.result(of: Version1.self, id: "old") == "pack now")
            }
        }
    }
}

extension EmbeddedBed {
    /// Waits until the workflow is stopped, and returns why.
    func problem(of id: WorkflowID) async throws -> String {
        while true {
            if let problem = try await engine.describe(id)?.problem { return problem }
            try await pause()
        }
    }

    /// How many activities have completed.
    func completions() async throws -> Int {
        try await database.read {
            try $0.query("SELECT run FROM workflow_history WHERE kind = 'activityCompleted'").count
        }
    }
}
