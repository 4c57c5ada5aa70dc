import FoundationEssentials
import Workflows

/// What is to be done in one simulation, made up from its seed.
struct Scenario: Sendable {
    /// The one that is being played; workflows look their plans up here, so that histories stay small.
    nonisolated(unsafe) static var current = Scenario()

    var plans: [Plan] = []
    var steps: [Step] = []
    var jobs: [Job] = []
    /// Workers, each a process.
    var workers = 1
    /// Whether each worker has a machine of its own and cannot see the others' processes.
    var isSpread = false
    /// When every worker is replaced by one with newer code, in microseconds; nil for never.
    var upgradeAt: Int?
    var runsInMemory = 100
    var slots = 4

    /// A workflow that a client starts, and what the client does to it then.
    struct Job: Sendable {
        var id: WorkflowID
        var plan: Int
        /// Another client starts the same id with this plan.
        var rival: Int?
        var options = StartOptions()
        /// When it is started, in microseconds, and how long after that each signal follows.
        var startsAt = 0
        var signals: [(name: String, delay: Int)] = []
        var cancelDelay: Int?
        /// Whether the client takes the first error for an answer.
        var givesUp = false
    }
}

extension Scenario {
    init(_ chance: inout Chance) {
        workers = chance.between(1...3)
        isSpread = chance.happens(0.5)
        runsInMemory = chance.pick([1, 2, 100])
        slots = chance.between(1...4)
        let hasChange = chance.happens(0.3)
        if hasChange { upgradeAt = chance.between(500_000...3_000_000) }
        for number in 0..<chance.between(1...5) {
            var maker = PlanMaker(chance: chance.branch(), hasChange: hasChange, scenario: self)
            let plan = maker.makeJob()
            let rival = maker.chance.happens(0.15) ? maker.makeJob() : nil
            self = maker.scenario
            jobs.append(makeJob(number, plan, rival, &chance))
        }
    }

    private func makeJob(_ number: Int, _ plan: Int, _ rival: Int?, _ chance: inout Chance) -> Job {
        var job = Job(id: WorkflowID(recorded: "j\(number)"), plan: plan, rival: rival)
        job.options = StartOptions(
            owner: chance.pick([nil, "ann", "bob"]), priority: chance.between(1...5),
            workflowTimeout: chance.happens(0.1) ? .milliseconds(chance.between(100...8000)) : nil)
        job.startsAt = chance.below(2_000_000)
        let names = plans[plan].signals + (rival.map { plans[$0].signals } ?? [])
        job.signals = names.map { ($0, chance.below(3_000_000)) }
        if chance.happens(0.2) { job.cancelDelay = chance.below(4_000_000) }
        job.givesUp = chance.happens(0.2)
        return job
    }
}
