import Concurrency
import FoundationEssentials
import Workflows

/// Keeps a number of workflows running until a number of them are done: a closed loop.
struct ThroughputBench {
    let scratch: ScratchDatabase
    /// The server that carries them out; nil for the database itself.
    var temporal: TemporalStage?
    let workflows: Int
    let concurrency: Int

    func run() async throws -> ThroughputResult {
        var registry = WorkflowRegistry()
        registry.register(NineSteps.self)
        registry.register(NoOperation())
        guard let temporal else {
            return try await scratch.working(registry, slots: concurrency) { try await measure($0) }
        }
        return try await temporal.working(registry, slots: concurrency, on: scratch) { try await measure($0) }
    }

    private func measure(_ engine: any WorkflowEngine) async throws -> ThroughputResult {
        // The first ones prepare statements and fill caches; no server that has been up for a second pays that.
        _ = try await measure(engine, count: concurrency, prefix: "warm")
        let commits = await scratch.commitCount()
        let cpu = ProcessUsage.now
        let start = ContinuousClock.now
        let latencies = try await measure(engine, count: workflows, prefix: "run")
        let elapsed = (ContinuousClock.now - start).seconds
        let usage = ProcessUsage.now
        return ThroughputResult(
            latencies: latencies, elapsed: elapsed, concurrency: concurrency,
            commits: await scratch.commitCount() - commits, cpuSeconds: usage.cpuSeconds - cpu.cpuSeconds,
            peakResidentBytes: usage.peakResidentBytes, durability: scratch.durability)
    }

    private func measure(_ engine: any WorkflowEngine, count: Int, prefix: String) async throws -> [Double] {
        // A server keeps the ids of earlier measurements.
        let prefix = "\(prefix)-\(UUID().uuidString.prefix(8).lowercased())"
        return try await Array(0..<count).concurrentMap(atMost: concurrency) { number in
            let begun = ContinuousClock.now
            let id = try WorkflowID("\(prefix)-\(number)")
            _ = try await engine.write { connection in
                try engine.start(NineSteps.self, id: id, input: number, options: StartOptions(), in: connection)
            }
            guard let ended = try await engine.waitForClose(of: id), ended.status == .completed else {
                throw LoadFault.broken("a workflow of the benchmark did not complete")
            }
            return (ContinuousClock.now - begun).seconds
        }
    }
}

/// How many workflows of nine steps were done in a time.
struct ThroughputResult: Encodable {
    let workflows: Int
    let concurrency: Int
    let workflowsPerSecond: Double
    let stepsPerSecond: Double
    let commits: Int
    let p50Milliseconds: Double
    let p95Milliseconds: Double
    /// Of this process: client, worker and, on SQLite, database.
    let cpuSeconds: Double
    let peakResidentBytes: Int
    let durability: String

    init(
        latencies: [Double], elapsed: Double, concurrency: Int, commits: Int, cpuSeconds: Double,
        peakResidentBytes: Int, durability: String
    ) {
        let quantiles = Quantiles(latencies)
        workflows = latencies.count
        self.concurrency = concurrency
        workflowsPerSecond = Double(latencies.count) / elapsed
        stepsPerSecond = workflowsPerSecond * Double(NineSteps.stepCount)
        self.commits = commits
        p50Milliseconds = quantiles.milliseconds(0.5)
        p95Milliseconds = quantiles.milliseconds(0.95)
        self.cpuSeconds = cpuSeconds
        self.peakResidentBytes = peakResidentBytes
        self.durability = durability
    }

    enum CodingKeys: String, CodingKey {
        case workflows, concurrency, commits, durability
        case workflowsPerSecond = "workflows_per_second"
        case stepsPerSecond = "steps_per_second"
        case p50Milliseconds = "p50_ms"
        case p95Milliseconds = "p95_ms"
        case cpuSeconds = "cpu_seconds"
        case peakResidentBytes = "peak_rss_bytes"
    }

    var summary: String {
        "\(workflows) workflows of \(NineSteps.stepCount) steps, \(concurrency) at once: "
            + "\(Int(workflowsPerSecond)) workflows/s, \(Int(stepsPerSecond)) steps/s, \(commits) commits, "
            + "p50 \(rounded(p50Milliseconds)) ms, p95 \(rounded(p95Milliseconds)) ms, "
            + "\(rounded(cpuSeconds)) s CPU, peak \(peakResidentBytes >> 20) MB (\(durability))"
    }
}
