import Concurrency
import Database
import Glibc
import Workflows
import WorkflowsSQL

/// What a workflow costs that waits for a signal: memory while it is held there, and the database's bytes.
struct MemoryBench {
    let scratch: ScratchDatabase
    let workflows: Int

    func run() async throws -> MemoryResult {
        var registry = WorkflowRegistry()
        registry.register(Waiting.self)
        let limits = WorkerLimits(runsInMemory: 2 * workflows + 1000, runsAClaim: 256)
        let emptyDatabase = await scratch.database.status().bytes ?? 0
        return try await scratch.working(registry, slots: 4, limits: limits) { engine in
            try await admit(0..<64, to: engine)
            let before = Self.residentBytes()
            try await admit(64..<(64 + workflows), to: engine)
            try await waitUntilHeld(64 + workflows)
            return MemoryResult(
                workflows: workflows, bytesInMemory: (Self.residentBytes() - before) / workflows,
                bytesInDatabase: (await scratch.database.status().bytes ?? 0).dividedOver(
                    workflows, from: emptyDatabase))
        }
    }

    private func admit(_ numbers: Range<Int>, to engine: any WorkflowEngine) async throws {
        for start in stride(from: numbers.lowerBound, to: numbers.upperBound, by: 500) {
            _ = try await engine.write { connection in
                for number in start..<min(start + 500, numbers.upperBound) {
                    _ = try engine.start(
                        Waiting.self, id: try WorkflowID("waiting-\(number)"), input: number, options: StartOptions(),
                        in: connection)
                }
            }
        }
    }

    private func waitUntilHeld(_ count: Int) async throws {
        while true {
            let held = try await scratch.database.read { connection in
                try connection.first("SELECT COUNT(*) AS held FROM workflow_runs WHERE state = 1")?.integer("held")
            }
            if held == count { break }
            try await Task.sleep(for: .milliseconds(50))
        }
        // The last ones are loaded after the claim that this saw.
        try await Task.sleep(for: .seconds(1))
    }

    private static func residentBytes() -> Int {
        guard let file = fopen("/proc/self/statm", "r") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 128)
        guard fgets(&line, Int32(line.count), file) != nil else { return 0 }
        let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        let fields = text.split(separator: " ")
        return fields.count > 1 ? (Int(fields[1]) ?? 0) * sysconf(Int32(_SC_PAGESIZE)) : 0
    }
}

extension Int {
    /// What each of `count` added to `start`; nil when nothing is known.
    fileprivate func dividedOver(_ count: Int, from start: Int) -> Int? { self > start ? (self - start) / count : nil }
}

/// What one waiting workflow takes.
struct MemoryResult: Encodable {
    let workflows: Int
    let bytesInMemory: Int
    /// Of SQLite, its log included; nil where the database does not say.
    let bytesInDatabase: Int?

    enum CodingKeys: String, CodingKey {
        case workflows
        case bytesInMemory = "memory_bytes_per_waiting_workflow"
        case bytesInDatabase = "database_bytes_per_waiting_workflow"
    }

    var summary: String {
        let database = bytesInDatabase.map { ", \($0) bytes in the database" } ?? ""
        return "a waiting workflow, of \(workflows): \(bytesInMemory) bytes of memory\(database)"
    }
}
