import Concurrency
import FoundationEssentials
import WorkflowsSQL

/// A process of the simulation: what it holds dies with it, and nothing it does afterwards reaches anybody.
///
/// Sendable by use: a simulation has one thread.
final class SimulatedProcess: @unchecked Sendable {
    let world: World
    let number: Int
    let identity: ProcessIdentity
    let mayDie: Bool
    private(set) var isAlive = true
    /// Until when it stands still.
    private var stalledUntil = 0
    /// Whoever waits, by number; told in that order when the process dies.
    private var waiting: [Int: UnsafeContinuation<Void, any Error>] = [:]
    private var lastID = 0
    /// Is told when it dies, not when it ends in good order.
    var whenDead: () -> Void = {}
    /// Attempts whose code runs, by queue.
    var busy: [String: Int] = [:]

    /// - Parameters:
    ///   - host: Which machine it runs on; processes see each other only within one.
    ///   - mayDie: Whether its transactions may kill it.
    init(_ world: World, host: Int, mayDie: Bool) {
        self.mayDie = mayDie
        self.world = world
        number = world.number()
        identity = ProcessIdentity(host: "host\(host)", process: "p\(number)")
        world.living.insert(identity.process)
    }

    /// Begins with every session that the process opens, and nobody else's.
    var prefix: String { "p\(number)-" }

    func makeID() -> String {
        lastID += 1
        return "\(prefix)\(lastID)"
    }

    /// What the process sees of others: those of its own machine.
    var table: ProcessTable {
        ProcessTable(own: identity) { [world, identity] other in
            other.host == identity.host ? world.living.contains(other.process) : nil
        }
    }

    /// Ends the process at once: whoever waits in it hears of it and can do nothing any more.
    func die(_ why: String) {
        guard isAlive else { return }
        world.note(.died, process: number, why)
        end()
        whenDead()
    }

    /// Marks the process as ended in good order.
    func end() {
        isAlive = false
        world.living.remove(identity.process)
        let waiting = waiting.sorted { $0.key < $1.key }
        self.waiting = [:]
        for (_, continuation) in waiting { continuation.resume(throwing: CancellationError()) }
    }

    /// Lets the process stand still until `time`: nothing that it waits for comes sooner.
    func stall(until time: Int) {
        world.note(.stalled, process: number, "until \(time)")
        stalledUntil = max(stalledUntil, time)
    }

    /// Waits for `microseconds`.
    /// - Throws: `CancellationError` when the process dies meanwhile, or `number` is cancelled.
    func wait(_ microseconds: Int, as number: Int) async throws {
        try await withUnsafeThrowingContinuation { (continuation: UnsafeContinuation<Void, any Error>) in
            guard isAlive, !Task.isCancelled || number < 0 else {
                return continuation.resume(throwing: CancellationError())
            }
            waiting[number] = continuation
            wake(number, at: world.now + max(0, microseconds))
        }
    }

    /// Tells who waits as `number` that it is over.
    func cancel(_ number: Int) { waiting.removeValue(forKey: number)?.resume(throwing: CancellationError()) }

    private func wake(_ number: Int, at time: Int) {
        world.at(time) { [self] in
            if isAlive, stalledUntil > world.now { return wake(number, at: stalledUntil) }
            waiting.removeValue(forKey: number)?.resume()
        }
    }
}

/// The time of day as one process sees it.
struct SimulatedClock: WallClock {
    let process: SimulatedProcess

    var now: Date { process.world.date }

    func sleep(for duration: Duration) async throws {
        try Task.checkCancellation()
        let number = process.world.number()
        try await withTaskCancellationHandler {
            try await process.wait(Int(duration.seconds * 1_000_000), as: number)
        } onCancel: {
            process.cancel(number)
        }
    }
}
