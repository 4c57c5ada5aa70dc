import Concurrency
import Workflows

/// Brings jobs at a steady rate, whether or not the earlier ones are done, and looks how soon each begins: an open loop.
struct PickupBench {
    let scratch: ScratchDatabase
    let jobsPerSecond: Int
    let seconds: Int

    func run() async throws -> PickupResult {
        let board = StartBoard()
        var registry = WorkflowRegistry()
        registry.register(PickedUp.self)
        registry.register(NoteStart { board.noteStart(of: $0) })
        let count = jobsPerSecond * seconds
        // The first ones prepare statements and open connections; the measurement begins after them.
        let warmUp = jobsPerSecond / 2
        return try await scratch.working(registry, slots: 64) { [jobsPerSecond] engine in
            try await bring(warmUp + count, to: engine, board)
            var seconds = board.latencies(from: warmUp)
            while seconds.count < count {
                try await Task.sleep(for: .milliseconds(20))
                seconds = board.latencies(from: warmUp)
            }
            return PickupResult(latencies: seconds, jobsPerSecond: jobsPerSecond)
        }
    }

    private func bring(_ count: Int, to engine: any WorkflowEngine, _ board: StartBoard) async throws {
        let start = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<count {
                try await Task.sleep(until: start + .seconds(1) * number / jobsPerSecond, clock: .continuous)
                group.addTask {
                    let id = try WorkflowID("job-\(number)")
                    _ = try await engine.write { connection in
                        try engine.start(PickedUp.self, id: id, input: number, options: StartOptions(), in: connection)
                    }
                    board.noteAdmission(of: number)
                }
            }
            try await group.waitForAll()
        }
    }
}

/// When each job was acknowledged and when its first step began.
private final class StartBoard: Sendable {
    private struct Times {
        var admitted: ContinuousClock.Instant?
        var begun: ContinuousClock.Instant?
    }
    private let jobs = Locked<[Int: Times]>([:])

    func noteAdmission(of job: Int) {
        let now = ContinuousClock.now
        jobs.withLock { $0[job, default: Times()].admitted = now }
    }

    func noteStart(of job: Int) {
        let now = ContinuousClock.now
        jobs.withLock { $0[job, default: Times()].begun = now }
    }

    /// Seconds from acknowledgement to start; a job that began before its acknowledgement was read counts as 0.
    func latencies(from first: Int) -> [Double] {
        jobs.withLock { jobs in
            jobs.compactMap { job, times in
                guard job >= first, let admitted = times.admitted, let begun = times.begun else { return nil }
                return max(0, (begun - admitted).seconds)
            }
        }
    }
}

/// How soon jobs began that came at a steady rate.
struct PickupResult: Encodable {
    let jobs: Int
    let jobsPerSecond: Int
    let p50Milliseconds: Double
    let p95Milliseconds: Double
    let p99Milliseconds: Double

    init(latencies: [Double], jobsPerSecond: Int) {
        let quantiles = Quantiles(latencies)
        jobs = latencies.count
        self.jobsPerSecond = jobsPerSecond
        p50Milliseconds = quantiles.milliseconds(0.5)
        p95Milliseconds = quantiles.milliseconds(0.95)
        p99Milliseconds = quantiles.milliseconds(0.99)
    }

    enum CodingKeys: String, CodingKey {
        case jobs
        case jobsPerSecond = "jobs_per_second"
        case p50Milliseconds = "p50_ms"
        case p95Milliseconds = "p95_ms"
        case p99Milliseconds = "p99_ms"
    }

    var summary: String {
        "\(jobs) jobs at \(jobsPerSecond)/s, from acknowledgement to the first step: p50 \(rounded(p50Milliseconds)) ms, "
            + "p95 \(rounded(p95Milliseconds)) ms, p99 \(rounded(p99Milliseconds)) ms"
    }
}
