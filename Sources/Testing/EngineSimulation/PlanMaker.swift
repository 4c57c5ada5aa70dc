/// Makes up plans, and adds them with their steps to a scenario.
struct PlanMaker {
    var chance: Chance
    let hasChange: Bool
    var scenario: Scenario
    private var signals = 0

    init(chance: Chance, hasChange: Bool, scenario: Scenario) {
        self.chance = chance
        self.hasChange = hasChange
        self.scenario = scenario
    }

    /// Adds a plan that reports its progress between its parts; returns its number.
    mutating func makeJob() -> Int {
        let parts = chance.between(1...4)
        var plans: [Plan] = []
        for part in 0..<parts {
            plans.append(.report(percent: part * 100 / parts))
            plans.append(make(depth: 2, mayWait: true))
        }
        scenario.plans.append(.inOrder(plans))
        return scenario.plans.count - 1
    }

    /// - Parameter mayWait: Whether clients can signal it: they do not know children.
    private mutating func make(depth: Int, mayWait: Bool) -> Plan {
        switch chance.below(depth == 0 ? 8 : 15) {
        case 0, 1, 2: return .step(makeStep())
        case 3: return .all((0..<chance.between(2...4)).map { _ in addStep(Step.plain(&chance, queue: "default")) })
        case 4: return .attempt(makeFailingStep())
        case 5: return .sleep(milliseconds: chance.pick([0, 5, 300, 2000]))
        case 6: return mayWait ? makeSignal() : .step(makeStep())
        case 7: return .step(makeStep())
        case 8, 9: return .together(list(depth, mayWait))
        case 10: return .race(list(depth, mayWait))
        case 11: return makeChild(depth)
        case 12:
            return .cleaning(
                addStep(Step.plain(&chance, queue: "default")), after: make(depth: depth - 1, mayWait: mayWait))
        case 13: return makeChange(depth, mayWait)
        default: return .inOrder(list(depth, mayWait))
        }
    }

    private mutating func list(_ depth: Int, _ mayWait: Bool) -> [Plan] {
        (0..<chance.between(2...3)).map { _ in make(depth: depth - 1, mayWait: mayWait) }
    }

    private mutating func makeSignal() -> Plan {
        signals += 1
        return .signal("signal\(scenario.plans.count)-\(signals)")
    }

    private mutating func makeChild(_ depth: Int) -> Plan {
        let plan = make(depth: depth - 1, mayWait: false)
        scenario.plans.append(plan)
        return .child(scenario.plans.count - 1)
    }

    private mutating func makeChange(_ depth: Int, _ mayWait: Bool) -> Plan {
        guard hasChange else { return .step(makeStep()) }
        let old = make(depth: depth - 1, mayWait: mayWait)
        return .changed("change\(scenario.steps.count)", old: old, new: make(depth: depth - 1, mayWait: mayWait))
    }

    private mutating func addStep(_ step: Step) -> Int {
        scenario.steps.append(step)
        return scenario.steps.count - 1
    }

    private mutating func makeStep() -> Int {
        let queue = chance.pick(["default", "default", "gpu"])
        var step = Step.plain(&chance, queue: queue)
        switch chance.below(8) {
        case 0: step.nature = .hanging(times: chance.between(1...2))
        case 1: step.nature = .silent(times: chance.between(1...2))
        case 2: step.nature = .ticket(failures: chance.between(1...3))
        default: break
        }
        return addStep(step)
    }

    private mutating func makeFailingStep() -> Int {
        var step = Step.plain(&chance, queue: "default")
        step.nature = chance.happens(0.5) ? .refusing : .exhausting(attempts: chance.between(1...3))
        return addStep(step)
    }
}

extension Step {
    static func plain(_ chance: inout Chance, queue: String) -> Step {
        Step(
            nature: .plain(failures: chance.pick([0, 0, 0, 1, 2])), queue: queue,
            milliseconds: chance.pick([0, 1, 20, 400]))
    }
}
