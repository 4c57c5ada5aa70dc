import Concurrency
import Workflows

/// Keeps a number of workflows running until a number of them are done: a closed loop.
struct ThroughputBench {
    let scratch: ScratchDatabase
    let workflows: Int
    let concurrency: Int

    func run() async throws -> ThroughputResult {
        var registry = WorkflowRegistry()
        registry.register(NineSteps.self)
        registry.register(NoOperation())
        return try await scratch.working(registry, slots: concurrency) { engine in
            // The first ones prepare statements and fill caches; no server that has been up for a second pays that.
            _ = try await measure(engine, count: concurrency, prefix: "warm")
            let commits = await scratch.commitCount()
            let start = ContinuousClock.now
            let latencies = try await measure(engine, count: workflows, prefix: "run")
            let elapsed = (ContinuousClock.now - start).seconds
            return ThroughputResult(
                latencies: latencies, elapsed: elapsed, concurrency: concurrency,
                commits: await scratch.commitCount() - commits, durability: scratch.durability)
        }
    }

    private func measure(_ engine: any WorkflowEngine, count: Int, prefix: String) async throws -> [Double] {
        try await Array(0..<count).concurrentMap(atMost: concurrency) { number in
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
    let durability: String

    init(latencies: [Double], elapsed: Double, concurrency: Int, commits: Int, durability: String) {
        let quantiles = Quantiles(latencies)
        workflows = latencies.count
        self.concurrency = concurrency
        workflowsPerSecond = Double(latencies.count) / elapsed
        stepsPerSecond = workflowsPerSecond * Double(NineSteps.stepCount)
        self.commits = commits
        p50Milliseconds = quantiles.milliseconds(0.5)
        p95Milliseconds = quantiles.milliseconds(0.95)
        self.durability = durability
    }

    enum CodingKeys: String, CodingKey {
        case workflows, concurrency, commits, durability
        case workflowsPerSecond = "workflows_per_second"
        case stepsPerSecond = "steps_per_second"
        case p50Milliseconds = "p50_ms"
        case p95Milliseconds = "p95_ms"
    }

    var summary: String {
        "\(workflows) workflows of \(NineSteps.stepCount) steps, \(concurrency) at once: "
            + "\(Int(workflowsPerSecond)) workflows/s, \(Int(stepsPerSecond)) steps/s, \(commits) commits, "
            + "p50 \(rounded(p50Milliseconds)) ms, p95 \(rounded(p95Milliseconds)) ms (\(durability))"
    }
}
