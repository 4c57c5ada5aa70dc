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
            database: arguments.value("database"),
            connections: try arguments.integer("connections", in: 1...200, default: 10),
            temporal: try arguments.value("temporal").map { address in
                try TemporalStage(address, namespace: arguments.value("namespace") ?? "default")
            },
            workflows: try arguments.integer("workflows", in: 1...1_000_000, default: 200),
            concurrency: try arguments.integer("concurrency", in: 1...1000, default: 50),
            seconds: try arguments.integer("seconds", in: 1...600, default: 10),
            backlog: try arguments.integer("count", in: 1000...10_000_000, default: 1_000_000),
            waiting: try arguments.integer("count", in: 1...1_000_000, default: 20_000),
            queued: try arguments.integer("count", in: 1...1_000_000, default: 100_000))
        return try await bench.run(parts.isEmpty ? [.throughput] : Set(parts))
    }
}
