import FoundationEssentials
import Workflows

/// Carries out a plan of the scenario and returns what it saw, in the plan's order.
struct PlanWorkflow {
    let workflow: WorkflowContext
    /// Whether this is the newer code, which goes the other way at changed places.
    let knowsChanges: Bool

    func carryOut(_ plan: Plan) async throws -> [String] {
        switch plan {
        case .step(let number): return [try await execute(number)]
        case .all(let numbers): return try await workflow.executeAll(PlainStep.self, numbers)
        case .attempt(let number):
            do { return [try await execute(number)] } catch let error as ActivityError {
                return ["f\(number):\(error.kind)"]
            }
        case .sleep(let milliseconds):
            let end = workflow.now.addingTimeInterval(Double(milliseconds) / 1000)
            try await workflow.sleep(for: .milliseconds(milliseconds))
            return [workflow.now < end - 0.000_002 ? "woken early" : "slept"]
        case .signal(let name): return [try await workflow.signal(named: name, as: String.self)]
        case .child(let number):
            return ["child"] + (try await workflow.executeChild(OldPlan.self, number))
        case .inOrder(let plans):
            var seen: [String] = []
            for plan in plans { seen += try await carryOut(plan) }
            return seen
        case .together(let plans): return try await together(plans)
        case .race(let plans): return try await race(plans)
        case .cleaning(let number, let plan):
            do { return try await carryOut(plan) } catch let error as CancellationError {
                _ = try await workflow.shielded { try await execute(number) }
                throw error
            }
        case .changed(let id, let old, let new):
            let isNew = knowsChanges && workflow.patched(id)
            return [isNew ? "new" : "old"] + (try await carryOut(isNew ? new : old))
        case .report(let percent):
            try await workflow.report(step: "AT_\(percent)", progress: percent)
            return []
        }
    }

    private func execute(_ number: Int) async throws -> String {
        let step = Scenario.current.steps[number]
        if case .plain = step.nature, step.queue == "default" {
            return try await workflow.execute(PlainStep.self, number)
        }
        return try await workflow.execute(PlainStep.self, number, options: step.options)
    }

    private func together(_ plans: [Plan]) async throws -> [String] {
        try await withThrowingTaskGroup(of: (Int, [String]).self) { group in
            for (index, plan) in plans.enumerated() { group.addTask { (index, try await carryOut(plan)) } }
            var seen = plans.map { _ in [String]() }
            for try await (index, tokens) in group { seen[index] = tokens }
            return seen.flatMap { $0 }
        }
    }

    private func race(_ plans: [Plan]) async throws -> [String] {
        try await withThrowingTaskGroup(of: [String].self) { group in
            for (index, plan) in plans.enumerated() {
                group.addTask { ["winner \(index)"] + (try await carryOut(plan)) }
            }
            let winner = try await group.next() ?? []
            group.cancelAll()
            return winner
        }
    }
}

/// The workflow as programs ran it before the change.
struct OldPlan: Workflow {
    static let name = "Plan"
    func run(_ number: Int, in workflow: WorkflowContext) async throws -> [String] {
        try await PlanWorkflow(workflow: workflow, knowsChanges: false).carryOut(Scenario.current.plans[number])
    }
}

/// The same workflow after the change.
struct NewPlan: Workflow {
    static let name = "Plan"
    func run(_ number: Int, in workflow: WorkflowContext) async throws -> [String] {
        try await PlanWorkflow(workflow: workflow, knowsChanges: true).carryOut(Scenario.current.plans[number])
    }
}
