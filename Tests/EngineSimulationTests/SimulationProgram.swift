import AtelierTesting
import Concurrency
import Foundation

/// The simulation as a child process: it takes its whole process over, so it cannot run beside other tests in theirs.
enum SimulationProgram {
    struct Outcome {
        let status: Int32
        let lines: [String]
    }

    /// Waiting for a process blocks, and the tests' own pool has a thread for each core only.
    private static let threads = WorkerThreads(name: "simulation", count: 4)

    /// The program that this test run built, beside the test bundle.
    private static let program: URL = {
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(fileURLWithPath: own).deletingLastPathComponent().appendingPathComponent("EngineSimulation")
    }()

    static func run(_ arguments: [String]) async throws -> Outcome {
        try await withTemporaryFolder { folder in
            let file = folder.file("output")
            try Data().write(to: URL(fileURLWithPath: file))
            let output = try FileHandle(forWritingTo: URL(fileURLWithPath: file))
            let status = try await threads.run {
                let process = Process()
                process.executableURL = program
                process.arguments = arguments
                process.standardOutput = output
                try process.run()
                process.waitUntilExit()
                return process.terminationStatus
            }
            let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: file)), as: UTF8.self)
            return Outcome(status: status, lines: text.split(separator: "\n").map(String.init))
        }
    }
}
