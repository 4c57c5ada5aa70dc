import Concurrency
import Database
import FoundationEssentials
import Observability
import Workflows

/// What a worker is made of.
struct WorkerSetup: Sendable {
    let engine: SQLWorkflowEngine
    let registry: WorkflowRegistry
    let queues: [TaskQueue: Int]
    let limits: WorkerLimits
    let logger: Logger
    let metrics: Metrics
    /// 0 up to 1, for jitter.
    let random: @Sendable () -> Double
    let processes: ProcessTable
    /// Whether it takes workflows as well as activities.
    let holdsWorkflows: Bool

    /// Who this is in timelines: `host:pid`.
    let label = ProcessIdentity.label
    var database: any Database { engine.database }
    var clock: any WallClock { engine.clock }
}

/// The state of a worker: which runs it holds, what it runs, what it has yet to write.
///
/// Three loops meet here. `look` (WorkerCore+Looking) takes work from the database when the doorbell rings; running
/// activities call `attemptEnded` (WorkerCore+Activities); each event moves its run by one turn (WorkerCore+Turns), and
/// what turns and attempts leave behind is written in batches (WorkerCore+Writing). At most one turn of a run is being
/// written at a time, and what follows from it starts only after its commit.
actor WorkerCore {
    let setup: WorkerSetup
    let doorbell = Doorbell()
    let alarm: Alarm
    let metrics: WorkerMetrics

    var session = ""
    /// When the session was last extended, in monotonic time.
    var extendedAt = Duration.zero
    private var watch = SessionWatch()
    var isStopping = false
    /// Why the worker cannot go on; its service ends with it.
    var fatalError: (any Error)?

    var held: [Int: HeldRun] = [:]
    /// Held runs whose history is still to be read, in the order in which they came.
    var unloaded: [Int] = []
    var reservedRuns = 0
    /// Whether runs may wait in the database for room in memory.
    var mayHaveReadyRuns = true
    var useCounter = 0
    /// The run that is loaded alone, since its holders died in it.
    var suspectRun: Int?

    /// Whose turn it is in the queues.
    var turns = TurnOrder()
    var rules = QueueRules()
    var slots: SlotTable
    var running: [TaskKey: RunningActivity] = [:]
    /// Attempts that were given up but whose code has not returned: they still occupy their slot.
    var leaving: [Int: TaskQueue] = [:]
    /// The activity that runs alone, for the same reason.
    var suspectTask: TaskKey?
    var attemptCounter = 0
    /// Whether a look at the database is under way.
    var isLooking = false
    var idleWaiters: [CheckedContinuation<Void, Never>] = []

    var outbox: [Change] = []
    var isWriting = false
    /// How many changes at the beginning of the outbox an earlier try may have written.
    var unsureCount = 0
    /// Whether a look failed that may have taken something all the same.
    var mayHoldForgotten = false
    /// Whether the next look is to be a sweep, whatever the alarm says.
    var needsSweep = true

    init(_ setup: WorkerSetup) {
        self.setup = setup
        slots = SlotTable(setup.queues)
        metrics = WorkerMetrics(setup.metrics)
        alarm = Alarm(setup.clock) { [doorbell] in doorbell.ring() }
    }

    var now: Date { setup.clock.now }

    /// Begins a session and gives back what dead ones held.
    ///
    /// Repeated until it succeeds: the database may be away.
    func open() async throws {
        var pause = Duration.milliseconds(100)
        while true {
            do { return try await beginSession() } catch let error as DatabaseError where error.isRetryable {
                setup.logger.warning("the worker waits for the database", ["error": .text(String(describing: error))])
                try await setup.clock.sleep(for: pause)
                pause = min(pause * 2, .seconds(5))
            }
        }
    }

    private func beginSession() async throws {
        let id = setup.engine.makeID()
        LiveSessions.insert(id)
        let expiry = now.microseconds + setup.limits.lease.microseconds
        let uptime = setup.clock.uptime
        let unparks = setup.holdsWorkflows
        let poison = setup.limits.lossesUntilPoison
        let (processes, label) = (setup.processes, setup.label)
        let (queues, began) = (setup.queues.keys.map(\.rawValue).sorted(), now.microseconds)
        do {
            try await setup.database.write { connection in
                try Sessions.open(
                    id, as: processes.own, label: label, queues: queues, at: began, until: expiry, on: connection)
                guard unparks else { return }
                // What this process could not go on with before, it may now: its code may be another.
                try connection.execute(
                    """
                    UPDATE workflow_runs SET state = \(readyUnlessPaused: ()), problem = NULL
                    WHERE state = 3 AND lost < \(poison)
                    """)
            }
            try await buryDeadSessions()
        } catch {
            LiveSessions.remove(id)
            throw error
        }
        (session, extendedAt) = (id, uptime)
        rules = QueueRules()
        slots.noteBacklogEverywhere()
        needsSweep = true
        doorbell.ring()
        // So that the others know of this one.
        setup.engine.herald.tell(.work, [Herald.newWork])
    }

    /// Gives back what processes that are gone held.
    func buryDeadSessions() async throws {
        let (now, heard) = (now.microseconds, setup.engine.herald.heard)
        let sessions = try await setup.database.read { connection in try Sessions.all(on: connection) }
        let silent = watch.silent(sessions, at: setup.clock.uptime, lease: setup.limits.lease)
        let isAlone = sessions.count <= setup.engine.bulletin.workerCount
        setup.engine.herald.set(isAlone: isAlone, asOf: heard)
        for dead in sessions where dead.id != session {
            guard dead.isDead(seenBy: setup.processes) ?? silent.contains(dead.id) else { continue }
            let burial = try await setup.database.write { try Sessions.bury(dead, at: now, on: $0) }
            guard let lost = burial else { continue }
            slots.noteBacklogEverywhere()
            setup.logger.warning(
                "took over from a process that is gone",
                ["workflows": .integer(lost.runs), "activities": .integer(lost.activities)])
        }
    }

    /// Forgets everything in memory: the session was declared dead, so all of it belongs to others now.
    func abandonEverything() {
        LiveSessions.remove(session)
        session = ""
        for key in Array(running.keys) { dismiss(key) }
        for run in held.values { run.decider?.evict() }
        (held, unloaded) = ([:], [])
        (suspectRun, suspectTask) = (nil, nil)
        let dropped = outbox
        (outbox, unsureCount, mayHoldForgotten) = ([], 0, false)
        for change in dropped { settle(change, LeaseError.sessionLost) }
        alarm.reset()
    }
}
