import Concurrency
import Foundation

/// A program of the system that a test needs beside it.
final class Tool: Sendable {
    private let process: Process
    private let hasEnded = ShutdownSignal()

    /// Starts `program` with nothing to read.
    init(_ program: String, _ arguments: [String], output: Any? = FileHandle.nullDevice) throws {
        process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        process.terminationHandler = { [hasEnded] _ in hasEnded.trigger() }
        try process.run()
    }

    /// Waits for its end without blocking a thread.
    func wait() async {
        await hasEnded.wait()
        // Released earlier, it would not hear of the end.
        withExtendedLifetime(self) {}
    }

    /// Ends it at once.
    func stop() async {
        // Not asked to end: it may have inherited a thread's signal mask that lets no request through.
        kill(process.processIdentifier, SIGKILL)
        await wait()
    }
}

/// Packs `count` zeros with the system's gzip.
func gzip(zeros count: Int) async throws -> [UInt8] {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("atelier-" + UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: file) }
    try await Tool("/bin/sh", ["-c", "head -c \(count) /dev/zero | gzip -9 > \(file.path)"]).wait()
    return Array(try Data(contentsOf: file))
}
