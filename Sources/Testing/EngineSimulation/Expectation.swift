/// What a workflow's output may be: reads it along the plan.
struct Expectation {
    private let scenario: Scenario
    private var rest: ArraySlice<String>

    /// - Returns: What is wrong with `output`; nil for an output that the plan can have.
    static func problem(with output: [String], of plan: Int, in scenario: Scenario) -> String? {
        var expectation = Expectation(scenario: scenario, rest: output[...])
        if let problem = expectation.read(scenario.plans[plan]) { return problem }
        return expectation.rest.isEmpty ? nil : "has \(expectation.rest.count) more than it should"
    }

    private mutating func read(_ plan: Plan) -> String? {
        switch plan {
        case .step(let number): return take("s\(number)")
        case .all(let numbers):
            for number in numbers { if let problem = take("s\(number)") { return problem } }
            return nil
        case .attempt(let number): return readFailure(number)
        case .sleep: return take("slept")
        case .signal(let name): return take("value of \(name)")
        case .child(let number): return take("child") ?? read(scenario.plans[number])
        case .inOrder(let plans), .together(let plans):
            for plan in plans { if let problem = read(plan) { return problem } }
            return nil
        case .race(let plans):
            guard let word = rest.popFirst(), let index = plans.indices.first(where: { word == "winner \($0)" }) else {
                return "has no winner where a race was"
            }
            return read(plans[index])
        case .cleaning(_, let plan): return read(plan)
        case .changed(_, let old, let new):
            let word = rest.popFirst()
            guard word == "old" || word == "new" else { return "has \(word ?? "nothing") where code changed" }
            return read(word == "new" ? new : old)
        case .report: return nil
        }
    }

    private mutating func take(_ word: String) -> String? {
        let found = rest.popFirst()
        return found == word ? nil : "has \(found ?? "nothing") where \(word) should be"
    }

    private mutating func readFailure(_ number: Int) -> String? {
        let found = rest.popFirst() ?? "nothing"
        let kinds: [String] =
            switch scenario.steps[number].nature {
            case .refusing: ["refused"]
            // A process that dies in the last attempt, or an attempt that stands still, is a failure of its own.
            default: ["broken", "workerLost", "startToCloseTimeout"]
            }
        return kinds.contains { found == "f\(number):\($0)" } ? nil : "has \(found) where f\(number) should be"
    }
}
