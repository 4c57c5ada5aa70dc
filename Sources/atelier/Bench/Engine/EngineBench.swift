/// The durable engine alone, in this process, on a fresh database.
struct EngineBench {
    enum Part: String, CaseIterable {
        case throughput
    }
    /// A server's URL; nil for SQLite.
    let database: String?
    let connections: Int
    let workflows: Int
    let concurrency: Int

    func run(_ parts: Set<Part>) async throws -> EngineBenchResult {
        var result = EngineBenchResult()
        if parts.contains(.throughput) {
            result.throughput = try await withScratch { scratch in
                try await ThroughputBench(scratch: scratch, workflows: workflows, concurrency: concurrency).run()
            }
        }
        return result
    }

    private func withScratch<Value>(_ body: (ScratchDatabase) async throws -> Value) async throws -> Value {
        try await ScratchDatabase.with(url: database, connections: connections, body)
    }
}

/// What was measured of the engine.
struct EngineBenchResult: Encodable {
    var throughput: ThroughputResult?

    var summaries: [String] { [throughput?.summary].compactMap { $0 } }
}
