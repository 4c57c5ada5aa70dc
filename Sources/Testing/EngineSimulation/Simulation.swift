import Database
import DatabaseSQLite
import Workflows
import WorkflowsSQL

/// One seed from its first start to its last check.
struct Simulation {
    /// What came of it.
    struct Verdict {
        var hash: UInt64
        var violations: [String]
        var lines: [String]
        /// Virtual seconds, and jobs that were run.
        var seconds: Int
        var jobs: Int
        var transactions: Int
    }

    /// More than any seed needs by far: beyond it nothing gets on any more.
    private static let longest = 300_000_000
    private static let mostJobs = 2_000_000

    let store: MemoryDatabase

    /// Makes the tables, once for all seeds.
    init() throws {
        let store = try MemoryDatabase()
        try store.transaction(commits: true) { connection in
            for statement in Migration.workflows.flatMap({ $0.statements(connection.dialect) }) {
                try connection.execute(statement)
            }
        }
        self.store = store
    }

    func run(seed: UInt64, plant: Plant? = nil, keepsWords: Bool = false) throws -> Verdict {
        try store.empty()
        Scheduler.clear()
        var chance = Chance(seed: ~seed)
        let scenario = Scenario(&chance)
        Scenario.current = scenario
        let world = World(seed: seed, store: store, plant: plant, keepsWords: keepsWords)
        let play = Play(world, scenario)
        play.begin()
        var jobs = 0
        while !play.isOver {
            if Scheduler.runOne(&chance) {
                jobs += 1
                if jobs > Self.mostJobs { play.giveUp("it goes on without end") }
            } else if world.now > Self.longest {
                play.giveUp("it does not come to an end")
            } else if !world.advance() {
                play.giveUp("nothing is left to happen")
            }
        }
        play.end()
        while Scheduler.runOne(&chance) {}
        return Verdict(
            hash: world.trace.hash, violations: world.violations, lines: world.trace.lines,
            seconds: world.now / 1_000_000,
            jobs: jobs, transactions: world.transactions)
    }
}

/// The acts of a simulation: a storm, a calm in which everything ends, a stop in good order, and the checks.
///
/// Sendable by use: a simulation has one thread.
final class Play: @unchecked Sendable {
    private let world: World
    private let scenario: Scenario
    private let fleet: Fleet
    private let clients: [Client]
    private let office: SimulatedProcess
    private(set) var isOver = false

    init(_ world: World, _ scenario: Scenario) {
        self.world = world
        self.scenario = scenario
        let office = SimulatedProcess(world, host: 9, mayDie: false)
        self.office = office
        fleet = Fleet(world, scenario)
        clients = scenario.jobs.flatMap { job in
            [job.plan, job.rival].compactMap { $0 }.map { Client(job, plan: $0, in: office) }
        }
    }

    func begin() {
        world.at(world.weather.calmAt) { [world] in world.calm() }
        fleet.open()
        Task.detached { [self] in
            await withTaskGroup(of: Void.self) { group in
                for client in clients { group.addTask { await client.run() } }
            }
            // The office does not die, so waits in it end by themselves.
            try? await office.wait(world.weather.calmAt - world.now, as: world.number())
            await waitForBurials()
            await fleet.close()
            inspection.run()
            isOver = true
        }
    }

    /// Ends it in the middle: it hangs.
    func giveUp(_ why: String) {
        world.violate(why)
        inspection.describeOpenWork()
        isOver = true
    }

    /// Lets everything unwind that still waits.
    func end() {
        fleet.kill()
        office.die("the simulation is over")
    }

    /// Whoever is left takes over from processes that died, before it is told to stop.
    private func waitForBurials() async {
        for _ in 0..<100 {
            if inspection.deadSessions().isEmpty { return }
            try? await office.wait(200_000, as: world.number())
        }
        world.violate("nobody took over from \(inspection.deadSessions())")
    }

    private var inspection: Inspection { Inspection(world: world, scenario: scenario, clients: clients) }
}
