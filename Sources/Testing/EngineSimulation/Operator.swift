import Database
import Workflows
import WorkflowsSQL

/// Looks after jobs as a person would: releases what was parked, retries what failed, pauses and limits for a while.
///
/// Sendable by use: a simulation has one thread.
final class Operator: @unchecked Sendable {
    private let process: SimulatedProcess
    private let engine: SQLWorkflowEngine
    private var isDone = false

    init(in process: SimulatedProcess) {
        self.process = process
        engine = SQLWorkflowEngine(
            database: SimulatedDatabase(process: process), clock: SimulatedClock(process: process),
            makeID: { process.makeID() })
    }

    /// Goes home after the present round.
    func stop() { isDone = true }

    /// Makes a round every now and then.
    func run() async {
        while !isDone, process.isAlive {
            do { try await makeRound() } catch let error as DatabaseError where error.isRetryable {
                process.world.note(.client, process: process.number, "the operator comes again: \(error)")
            } catch {
                if process.isAlive { process.world.violate("the operator was told: \(error)") }
            }
            // Ends by itself, or with the process.
            try? await process.wait(700_000, as: process.world.number())
        }
    }

    /// Makes a rule or takes one back; while the storm lasts, any.
    private func makeRules() async throws {
        let world = process.world
        let queue: TaskQueue = world.chance.pick(["default", "gpu"])
        guard world.now < world.weather.calmAt else {
            for queue: TaskQueue in ["default", "gpu"] { try await engine.resume(queue: queue) }
            for job in Scenario.current.jobs { _ = try await engine.resume(job.id) }
            return
        }
        world.note(.client, process: process.number, "a rule for \(queue.rawValue)")
        switch world.chance.below(5) {
        case 0: try await engine.pause(queue: queue, reason: "to see what happens")
        case 1: try await engine.resume(queue: queue)
        case 2: try await engine.limit(queue, to: TaskQueueLimits(concurrency: world.chance.between(1...3)))
        case 3:
            let job = world.chance.pick(Scenario.current.jobs).id
            note(job, "paused: \(try await engine.pause(job, by: "operator", reason: nil))")
        default:
            let job = world.chance.pick(Scenario.current.jobs).id
            note(job, "resumed: \(try await engine.resume(job))")
        }
    }

    private func makeRound() async throws {
        if Scenario.current.isRuled { try await makeRules() }
        for row in try await engine.list(WorkflowFilter(limit: 100)).workflows {
            switch row.status {
            case .running:
                guard let job = try await engine.describe(row.id) else { continue }
                guard job.problem != nil || job.pendingActivities.contains(where: { $0.state == .parked }) else {
                    continue
                }
                note(row.id, "released: \(try await engine.release(row.id))")
            case .failed: note(row.id, "retried: \(try await engine.retry(row.id))")
            case .completed, .cancelled, .timedOut: continue
            }
        }
    }

    private func note(_ id: WorkflowID, _ words: String) {
        process.world.note(.client, process: process.number, "\(id) \(words)")
    }
}
