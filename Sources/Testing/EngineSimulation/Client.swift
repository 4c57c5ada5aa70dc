import Concurrency
import Database
import Workflows
import WorkflowsSQL

/// A program that starts a workflow, sends it requests and waits for its end.
///
/// Sendable by use: a simulation has one thread.
final class Client: @unchecked Sendable {
    /// What the client knows of its start.
    enum Admission { case unknown, refused, started, existed }

    let job: Scenario.Job
    let plan: Int
    private(set) var admission = Admission.refused
    private(set) var hasAskedToCancel = false
    private let process: SimulatedProcess
    private let engine: SQLWorkflowEngine
    private var world: World { process.world }

    init(_ job: Scenario.Job, plan: Int, in process: SimulatedProcess) {
        self.job = job
        self.plan = plan
        self.process = process
        engine = SQLWorkflowEngine(
            database: SimulatedDatabase(process: process), clock: SimulatedClock(process: process),
            makeID: { process.makeID() })
    }

    /// Does everything that is planned for the job and returns when the workflow is closed, or was never started.
    func run() async {
        await pause(job.startsAt)
        await start()
        note("start: \(admission)")
        guard admission == .started || admission == .existed else { return }
        await withTaskGroup(of: Void.self) { group in
            for (name, delay) in job.signals { group.addTask { await self.signal(name, after: delay) } }
            if let delay = job.cancelDelay { group.addTask { await self.cancel(after: delay) } }
            group.addTask { await self.waitForClose() }
        }
        note("done")
    }

    private func start() async {
        await persist { [self] in
            do {
                let outcome = try await engine.start(OldPlan.self, id: job.id, input: plan, options: job.options)
                admission = outcome == .started ? .started : .existed
                return true
            } catch let error as DatabaseError where error.isRetryable {
                if case .unavailable = error { admission = .unknown }
                return job.givesUp
            }
        }
    }

    private func signal(_ name: String, after delay: Int) async {
        await pause(delay)
        await persist { [self] in
            _ = try await engine.signal(job.id, named: name, "value of \(name)")
            return true
        }
    }

    private func cancel(after delay: Int) async {
        await pause(delay)
        hasAskedToCancel = true
        await persist { [self] in
            let outcome = try await engine.requestCancel(job.id, reason: "the client changed its mind")
            note("cancel: \(outcome)")
            return true
        }
    }

    private func waitForClose() async {
        await persist { [self] in
            guard let end = try await engine.waitForClose(of: job.id) else {
                world.violate("\(job.id) was admitted and is not there")
                return true
            }
            if !end.status.isClosed { world.violate("\(job.id) was said to have ended and is \(end.status)") }
            return true
        }
    }

    /// Repeats `attempt` until it returns true; the database may be away.
    private func persist(_ attempt: @escaping @Sendable () async throws -> Bool) async {
        while true {
            do { if try await attempt() { return } } catch let error as DatabaseError where error.isRetryable {
                note("tries again: \(error)")
            } catch {
                world.violate("a client of \(job.id) was told: \(error)")
                return
            }
            await pause(world.chance.between(10_000...300_000))
        }
    }

    private func pause(_ microseconds: Int) async {
        // Clients do not die, so a wait ends by itself.
        try? await process.wait(microseconds, as: world.number())
    }

    private func note(_ words: String) { world.note(.client, process: process.number, "\(job.id) \(words)") }
}
