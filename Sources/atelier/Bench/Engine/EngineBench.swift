/// The durable engine alone, in this process, on a fresh database.
struct EngineBench {
    enum Part: String, CaseIterable {
        case throughput, pickup, backlog, restart, memory
    }
    /// A server's URL; nil for SQLite.
    let database: String?
    let connections: Int
    /// The server that the throughput is measured on; nil for the database itself.
    let temporal: TemporalStage?
    let workflows: Int
    let concurrency: Int
    /// How long jobs are brought for the pick-up latency.
    let seconds: Int
    /// Pending jobs of the larger backlog.
    let backlog: Int
    /// Workflows that wait, for the memory of one.
    let waiting: Int
    /// Jobs that wait at a restart.
    let queued: Int

    func run(_ parts: Set<Part>) async throws -> EngineBenchResult {
        var result = EngineBenchResult()
        if parts.contains(.throughput) {
            result.throughput = try await withScratch { scratch in
                try await ThroughputBench(
                    scratch: scratch, temporal: temporal, workflows: workflows, concurrency: concurrency
                ).run()
            }
        }
        if parts.contains(.pickup) {
            result.pickup = try await withScratch { scratch in
                try await PickupBench(scratch: scratch, jobsPerSecond: 100, seconds: seconds).run()
            }
        }
        if parts.contains(.backlog) {
            result.backlog = try await withScratch { scratch in
                try await BacklogBench(scratch: scratch, sizes: [1000, backlog]).run()
            }
        }
        if parts.contains(.memory) {
            result.memory = try await withScratch { scratch in
                try await MemoryBench(scratch: scratch, workflows: waiting).run()
            }
        }
        if parts.contains(.restart) { result.restart = try await RestartBench(jobs: queued).run() }
        return result
    }

    private func withScratch<Value>(_ body: (ScratchDatabase) async throws -> Value) async throws -> Value {
        try await ScratchDatabase.with(url: database, connections: connections, body)
    }
}

/// What was measured of the engine.
struct EngineBenchResult: Encodable {
    var throughput: ThroughputResult?
    var pickup: PickupResult?
    var backlog: BacklogResult?
    var restart: RestartResult?
    var memory: MemoryResult?

    var summaries: [String] {
        [throughput?.summary, pickup?.summary, backlog?.summary, restart?.summary, memory?.summary].compactMap { $0 }
    }
}
