extension BenchCommand {
    /// `atelier bench engine`: no server and no settings are needed.
    static func measureEngine(_ arguments: Arguments) async throws -> EngineBenchResult {
        let parts = try arguments.all("only").map { word in
            guard let part = EngineBench.Part(rawValue: word) else {
                let known = EngineBench.Part.allCases.map(\.rawValue).joined(separator: ", ")
                throw UsageError("--only takes, for the engine, one of: \(known)")
            }
            return part
        }
        let bench = EngineBench(
            workflows: try arguments.integer("workflows", in: 1...1_000_000, default: 200),
            concurrency: try arguments.integer("concurrency", in: 1...1000, default: 50))
        return try await bench.run(parts.isEmpty ? [.throughput] : Set(parts))
    }
}
