import FoundationEssentials
import Workflows

/// A workflow as data, so that a test can make up any number of them from a seed.
indirect enum Plan: Codable, Sendable {
    case activity(String)
    case sleep(milliseconds: Int)
    case signal(String)
    case child(String)
    case patch(String)
    case inOrder([Plan])
    case together([Plan])
    case pair(Plan, Plan)
    /// The first to end wins, the others are cancelled.
    case race([Plan])
    case forgiving(Plan)
    /// Cleans up after the plan was cancelled.
    case cleaning(Plan, after: Plan)

    static func random(_ random: inout SeededRandom, depth: Int = 3) -> Plan {
        let leaves = 6
        switch random.below(depth == 0 ? leaves : 13) {
        case 0, 1: return .activity(["Fetch", "Render", "Publish"][random.below(3)])
        case 2: return .sleep(milliseconds: 1 + random.below(1000))
        case 3: return .signal(["go", "stop"][random.below(2)])
        case 4: return .child("Inner")
        case 5: return .patch(["p1", "p2"][random.below(2)])
        case 6, 7: return .inOrder(list(&random, depth))
        case 8: return .together(list(&random, depth))
        case 9: return .pair(self.random(&random, depth: depth - 1), self.random(&random, depth: depth - 1))
        case 10: return .race(list(&random, depth))
        case 11: return .forgiving(self.random(&random, depth: depth - 1))
        default: return .cleaning(.activity("CleanUp"), after: self.random(&random, depth: depth - 1))
        }
    }

    private static func list(_ random: inout SeededRandom, _ depth: Int) -> [Plan] {
        (0..<(1 + random.below(3))).map { _ in self.random(&random, depth: depth - 1) }
    }
}

/// SplitMix64: small, and the same everywhere.
struct SeededRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &self) }
}

enum PlannedActivity: Activity {
    case only
    static let name = "Planned"
    static let options = ActivityOptions()
    func run(_ input: String, in activity: ActivityContext) async throws -> String { input }
}

struct InnerWorkflow: Workflow {
    static let name = "Inner"
    func run(_ input: String, in workflow: WorkflowContext) async throws -> String { input }
}

/// Carries out a plan and returns what it saw, in the order it saw it.
struct PlanWorkflow: Workflow {
    static let name = "Plan"

    func run(_ plan: Plan, in workflow: WorkflowContext) async throws -> [String] {
        try await carryOut(plan, workflow)
    }

    private func carryOut(_ plan: Plan, _ workflow: WorkflowContext) async throws -> [String] {
        switch plan {
        case .activity(let name): return [try await workflow.execute(PlannedActivity.self, name)]
        case .sleep(let milliseconds):
            try await workflow.sleep(for: .milliseconds(milliseconds))
            return ["slept until \(workflow.now.timeIntervalSince1970)"]
        case .signal(let name): return [try await workflow.signal(named: name, as: String.self)]
        case .child(let name): return [try await workflow.executeChild(InnerWorkflow.self, name)]
        case .patch(let id): return workflow.patched(id) ? [try await workflow.execute(PlannedActivity.self, id)] : []
        case .inOrder(let plans):
            var seen: [String] = []
            for plan in plans { seen += try await carryOut(plan, workflow) }
            return seen
        case .together(let plans): return try await together(plans, workflow)
        case .pair(let first, let second):
            async let one = carryOut(first, workflow)
            async let two = carryOut(second, workflow)
            return try await one + two
        case .race(let plans): return try await race(plans, workflow)
        case .forgiving(let plan):
            do { return try await carryOut(plan, workflow) } catch let error as ActivityError { return [error.kind] }
        case .cleaning(let cleanUp, let plan):
            do { return try await carryOut(plan, workflow) } catch is CancellationError {
                _ = try await workflow.shielded { try await carryOut(cleanUp, workflow) }
                throw CancellationError()
            }
        }
    }

    private func together(_ plans: [Plan], _ workflow: WorkflowContext) async throws -> [String] {
        try await withThrowingTaskGroup(of: [String].self) { group in
            for plan in plans { group.addTask { try await carryOut(plan, workflow) } }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }

    private func race(_ plans: [Plan], _ workflow: WorkflowContext) async throws -> [String] {
        try await withThrowingTaskGroup(of: [String].self) { group in
            for plan in plans { group.addTask { try await carryOut(plan, workflow) } }
            let winner = try await group.next() ?? []
            group.cancelAll()
            return winner
        }
    }
}
