/// The durable engine alone, in this process, on a fresh database.
struct EngineBench {
    enum Part: String, CaseIterable {
        case throughput
    }
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
        let scratch = try await ScratchDatabase.open()
        let outcome: Result<Value, any Error>
        do { outcome = .success(try await body(scratch)) } catch { outcome = .failure(error) }
        try await scratch.close()
        return try outcome.get()
    }
}

/// What was measured of the engine.
struct EngineBenchResult: Encodable {
    var throughput: ThroughputResult?

    var summaries: [String] { [throughput?.summary].compactMap { $0 } }
}
