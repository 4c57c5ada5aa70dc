import Concurrency
import Observability
import Workflows
import WorkflowsSQL

/// The worker processes: begun, disturbed, ended, and begun again until the simulation closes them.
///
/// Sendable by use: a simulation has one thread.
final class Fleet: @unchecked Sendable {
    private let world: World
    private let scenario: Scenario
    /// The process at each place; nil while there is none.
    private var places: [Place?]
    private var isClosing = false
    private var isUpgrading = false
    private var knowsChanges = false
    private var whenClosed: UnsafeContinuation<Void, Never>?

    private struct Place {
        let process: SimulatedProcess
        let shutdown: ShutdownSignal
    }

    init(_ world: World, _ scenario: Scenario) {
        self.world = world
        self.scenario = scenario
        places = Array(repeating: nil, count: scenario.workers)
    }

    /// Begins every worker, and what disturbs them.
    func open() {
        for place in places.indices { begin(place) }
        if let time = scenario.upgradeAt { world.at(time) { [self] in upgrade() } }
        disturb()
    }

    /// Tells every worker to stop, and returns when all have ended.
    func close() async {
        isClosing = true
        for place in places { place?.shutdown.trigger() }
        if places.allSatisfy({ $0 == nil }) { return }
        await withUnsafeContinuation { whenClosed = $0 }
    }

    /// Drops whatever still runs.
    func kill() { for place in places { place?.process.die("the simulation is over") } }

    private func begin(_ place: Int) {
        guard !isClosing, places[place] == nil else { return }
        let process = SimulatedProcess(world, host: scenario.isSpread ? place : 0, mayDie: true)
        let shutdown = ShutdownSignal()
        places[place] = Place(process: process, shutdown: shutdown)
        let worker = makeWorker(process)
        world.note(.started, process: process.number, knowsChanges ? "with the newer code" : "")
        Task.detached { [self] in
            do { try await worker.run(until: shutdown) } catch {
                if process.isAlive { world.violate("the worker p\(process.number) gave up: \(error)") }
            }
            ended(process, at: place)
        }
        // A process that dies does so in the middle of something; its place is free at once.
        process.whenDead = { [self] in leave(process, place) }
    }

    private func makeWorker(_ process: SimulatedProcess) -> WorkflowWorker {
        let engine = SQLWorkflowEngine(
            database: SimulatedDatabase(process: process), clock: SimulatedClock(process: process),
            makeID: { process.makeID() })
        let queues: [TaskQueue: Int] = [.default: scenario.slots, "gpu": 1]
        var registry = WorkflowRegistry()
        if knowsChanges { registry.register(NewPlan.self) } else { registry.register(OldPlan.self) }
        registry.register(PlainStep(process: process, limits: queues))
        let limits = WorkerLimits(
            runsInMemory: scenario.runsInMemory, runsAClaim: 8, lossesUntilPoison: 1000, lease: .seconds(6),
            sweepInterval: .seconds(1), stopGrace: .seconds(1), cancelGrace: .milliseconds(500))
        return WorkflowWorker(
            engine: engine, registry: registry, queues: queues, limits: limits, logger: .silent, metrics: Metrics(),
            random: { [world] in world.chance.fraction() }, processes: process.table)
    }

    private func ended(_ process: SimulatedProcess, at place: Int) {
        guard process.isAlive else { return }
        world.note(.ended, process: process.number)
        process.end()
        leave(process, place)
    }

    private func leave(_ process: SimulatedProcess, _ place: Int) {
        guard places[place]?.process === process else { return }
        places[place] = nil
        if isClosing {
            if places.allSatisfy({ $0 == nil }) { whenClosed.take()?.resume() }
        } else if isUpgrading {
            if places.allSatisfy({ $0 == nil }) { finishUpgrade() }
        } else {
            world.at(world.now + world.chance.between(10_000...2_000_000)) { [self] in
                if !isUpgrading { begin(place) }
            }
        }
    }
}

// What happens to processes besides their transactions.
extension Fleet {
    private func disturb() {
        guard let interval = world.weather.disturbance else { return }
        world.at(world.now + world.chance.between(1...(2 * interval))) { [self] in
            guard !isClosing, world.weather.disturbance != nil else { return }
            if let place = world.chance.pick(places) { befall(place) }
            disturb()
        }
    }

    private func befall(_ place: Place) {
        switch world.chance.pick(world.weather.disturbances) {
        case .death: place.process.die("by chance")
        case .stop: stop(place)
        case .stall: place.process.stall(until: world.now + world.chance.pick([100_000, 3_000_000, 9_000_000]))
        }
    }

    private func stop(_ place: Place) {
        world.note(.stopping, process: place.process.number)
        place.shutdown.trigger()
    }

    /// Ends every worker, in whatever way, before one with newer code begins: old code cannot run what new code began.
    private func upgrade() {
        guard !isClosing else { return }
        isUpgrading = true
        for place in places {
            guard let place else { continue }
            if world.chance.happens(0.5) { stop(place) } else { place.process.die("to be replaced") }
        }
        if places.allSatisfy({ $0 == nil }) { finishUpgrade() }
    }

    private func finishUpgrade() {
        guard isUpgrading else { return }
        (isUpgrading, knowsChanges) = (false, true)
        for place in places.indices { begin(place) }
    }
}

extension Optional {
    /// The value, which is gone afterwards.
    fileprivate mutating func take() -> Wrapped? {
        defer { self = nil }
        return self
    }
}
