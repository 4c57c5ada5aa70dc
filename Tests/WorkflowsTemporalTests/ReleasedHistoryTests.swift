import Foundation
import GRPCClient
import Testing
import Workflows

@testable import Campaigns
@testable import WorkflowsTemporal

/// A run's history as a release left it: `Tests/Fixtures/Histories/RELEASE/WORKFLOW-VARIANT.history`.
struct ReleasedHistory: Sendable, CustomTestStringConvertible {
    let file: URL
    var workflow: String {
        String(file.deletingPathExtension().lastPathComponent.prefix { $0 != "-" })
    }
    var testDescription: String { file.pathComponents.suffix(2).joined(separator: "/") }

    static let all: [ReleasedHistory] = {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures/Histories")
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?.allObjects ?? []
        return files.compactMap { $0 as? URL }.filter { $0.pathExtension == "history" }
            .sorted { $0.path < $1.path }.map(ReleasedHistory.init)
    }()

    /// The history as it was whenever a worker took the run up, and as it is at its end.
    func moments() throws -> [[UInt8]] {
        let events = try WireHistory(protoBytes: [UInt8](Data(contentsOf: file))).events
        let ends = events.indices.filter { events[$0].kind == .workflowTaskStarted }.map { $0 + 1 } + [events.count]
        return ends.map { WireHistory(events: Array(events.prefix($0))).protoBytes }
    }
}

/// Decides otherwise than any release did.
private struct Rewritten: Workflow {
    static let name = "ProcessCampaign"
    func run(_ input: CampaignOrder, in workflow: WorkflowContext) async throws -> Int {
        try await workflow.execute(RemovePictures.self, input.id)
    }
}

@Suite struct `Jobs that an earlier release began` {
    private var registry: WorkflowRegistry {
        var registry = WorkflowRegistry()
        registry.register(ProcessCampaign.self)
        registry.register(RemoveCampaign.self)
        return registry
    }

    @Test func `are kept for every release`() {
        #expect(ReleasedHistory.all.count >= 4)
    }

    @Test(arguments: ReleasedHistory.all)
    func `go on with this one from wherever they stood`(_ history: ReleasedHistory) throws {
        let moments = try history.moments()
        #expect(moments.count > 2)
        for moment in moments.dropLast() {
            _ = try HistoryReplay.replay(moment, of: history.workflow, with: registry)
        }
        let end = try HistoryReplay.replay(try #require(moments.last), of: history.workflow, with: registry)
        #expect(end == .closed(history.testDescription.contains("failed") ? .failed : .completed))
    }

    @Test func `are refused by code that decides otherwise`() throws {
        var registry = WorkflowRegistry()
        registry.register(Rewritten.self)
        let history = try #require(ReleasedHistory.all.first { $0.workflow == "ProcessCampaign" })
        let end = try #require(try history.moments().last)
        #expect {
            try HistoryReplay.replay(end, of: "ProcessCampaign", with: registry)
        } throws: { error in
            if case DeciderProblem.nonDeterminism = error { true } else { false }
        }
    }
}
