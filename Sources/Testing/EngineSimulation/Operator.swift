import Database
import Workflows
import WorkflowsSQL

/// Looks after jobs as a person would: releases what was parked, and retries what failed.
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

    private func makeRound() async throws {
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
