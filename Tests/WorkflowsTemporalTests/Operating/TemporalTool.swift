import Concurrency
import Foundation
import Testing

/// Temporal's own command line, as an operator types it.
struct TemporalTool {
    let namespace: String
    /// Running a program blocks, and the tests' own pool has a thread for each core only.
    private static let threads = WorkerThreads(name: "temporal tool", count: 4)
    private static let program = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent(".tools/temporal/bin/temporal")

    struct Failure: Error {
        let words: String
    }

    /// Runs a command and returns what it printed.
    /// - Throws: ``Failure`` with what it said when it did not succeed.
    @discardableResult
    func run(_ arguments: String...) async throws -> String {
        let address = try #require(TemporalBed.address)
        let all = arguments + ["--address", address, "--namespace", namespace]
        return try await Self.threads.run {
            let (process, output) = (Process(), Pipe())
            process.executableURL = Self.program
            process.arguments = all
            process.standardOutput = output
            process.standardError = output
            process.environment = ["HOME": "/nonexistent", "PATH": "/usr/bin:/bin"]
            try process.run()
            let words = try output.fileHandleForReading.readToEnd() ?? Data()
            process.waitUntilExit()
            let text = String(decoding: words, as: UTF8.self)
            guard process.terminationStatus == 0 else { throw Failure(words: text) }
            return text
        }
    }
}
