import Concurrency
import DatabaseSQLite
import Foundation
import Testing

/// The program `drill`, which does durable work in processes that are killed.
struct Drill {
    /// In memory: what a killed process has written stays with the system, disk or no disk.
    let folder: URL
    private static let threads = WorkerThreads(name: "drills", count: 8)

    init() throws {
        let memory = URL(fileURLWithPath: "/dev/shm")
        let parent =
            FileManager.default.isWritableFile(atPath: memory.path) ? memory : FileManager.default.temporaryDirectory
        folder = parent.appendingPathComponent("atelier-drill-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    /// Runs it to its end.
    /// - Returns: Its exit code, or the negative number of the signal that ended it; and what it said.
    func run(_ words: String...) async throws -> (code: Int32, output: String) {
        let arguments = [words[0], folder.path] + words.dropFirst()
        return try await Self.threads.run {
            let process = Process()
            let pipe = Pipe()
            process.executableURL = AtelierProcess.program.deletingLastPathComponent().appendingPathComponent("drill")
            process.arguments = arguments
            process.standardOutput = pipe
            try process.run()
            let data = pipe.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            let code = process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
            return (code, String(decoding: data, as: UTF8.self))
        }
    }

    /// The lines of a file that it left.
    func lines(_ file: String) -> [String] {
        // Not there yet is nothing there.
        let text = (try? String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)) ?? ""
        return text.split(separator: "\n").map(String.init)
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }
}
