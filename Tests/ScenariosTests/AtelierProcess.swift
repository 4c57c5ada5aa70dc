import Concurrency
import Foundation
import Glibc

/// The real program as a child process, on a spare port and a folder of its own.
final class AtelierProcess: @unchecked Sendable {
    // Sendable by use: a test drives its process from one task at a time; `Process` itself locks.
    private let process = Process()
    private let output = Pipe()
    let port: Int
    /// Waiting for a process blocks, and the tests' own pool has a thread for each core only.
    private static let threads = WorkerThreads(name: "processes", count: 16)
    static let user = "scenario"
    static let password = "correct horse battery staple"

    /// The program that this test run built, beside the test bundle.
    static let program: URL = {
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(fileURLWithPath: own).deletingLastPathComponent().appendingPathComponent("atelier")
    }()

    /// The root of the checkout, where `.libraries` lies.
    static let checkout = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static func environment(home: URL, adding extra: [String: String] = [:]) -> [String: String] {
        var environment = [
            "PATH": "/usr/bin:/bin", "ATELIER_HOME": home.path, "API_HOST": "127.0.0.1", "API_PORT": "0",
            "API_USERNAME": user, "ATELIER_LINK_SECRET": String(repeating: "l", count: 40), "API_PASSWORD": password,
            "ADMIN_USERNAME": "admin",
            "ADMIN_PASSWORD": "a long admin password", "JWT_SECRET": String(repeating: "s", count: 48),
            "ATELIER_LIBVIPS": checkout.appendingPathComponent(".libraries/libvips.so.42").path,
            "ATELIER_LOG_FORMAT": "json",
        ]
        environment.merge(extra) { _, new in new }
        return environment
    }

    /// Starts `atelier serve` and waits until it says that it is ready.
    init(_ command: [String] = ["serve"], home: URL, environment: [String: String] = [:]) async throws {
        process.executableURL = Self.program
        process.arguments = command
        process.currentDirectoryURL = home
        process.environment = Self.environment(home: home, adding: environment)
        process.standardOutput = output
        process.standardError = FileHandle.standardError
        try await Self.threads.run { [process] in try process.run() }
        port = try await Self.readyPort(output)
    }

    deinit {
        if process.isRunning { Glibc.kill(process.processIdentifier, SIGKILL) }
    }

    var url: String { "http://127.0.0.1:\(port)" }
    var identifier: Int32 { process.processIdentifier }

    /// Ends it the way a power cut would.
    func kill() async {
        Glibc.kill(process.processIdentifier, SIGKILL)
        await Self.threads.run { [self] in process.waitUntilExit() }
    }

    /// Ends it the way a power cut would, in the middle of whatever it does after `life`.
    func killed(after life: Duration) -> Task<Void, any Error> {
        Task {
            try await Task.sleep(for: life)
            await kill()
        }
    }

    /// Ends it the way a service manager would, and returns its exit code.
    @discardableResult
    func stop() async -> Int32 {
        Glibc.kill(process.processIdentifier, SIGTERM)
        return await Self.threads.run { [self] in
            process.waitUntilExit()
            return process.terminationStatus
        }
    }

    /// Reads what the program says, on a thread of its own, until it ends: a full pipe would stop it.
    /// - Returns: The port that it named once it was ready; 0 for a worker.
    private static func readyPort(_ pipe: Pipe) async throws -> Int {
        let result = await withCheckedContinuation { (done: CheckedContinuation<Result<Int, Failure>, Never>) in
            Thread.detachNewThread {
                var waiting: CheckedContinuation<Result<Int, Failure>, Never>? = done
                var text = ""
                var buffer = [UInt8](repeating: 0, count: 4096)
                while true {
                    // Not through `FileHandle`, which ends the whole test run when a read fails.
                    let count = read(pipe.fileHandleForReading.fileDescriptor, &buffer, buffer.count)
                    guard count > 0 else { break }
                    guard waiting != nil else { continue }
                    text += String(decoding: buffer[..<count], as: UTF8.self)
                    guard let port = port(in: text) else { continue }
                    waiting?.resume(returning: .success(port))
                    waiting = nil
                }
                let message = "the program ended before it was ready; it said:\n\(text)"
                waiting?.resume(returning: .failure(Failure(message: message)))
            }
        }
        return try result.get()
    }

    private static func port(in text: String) -> Int? {
        if text.contains("ready to work") { return 0 }
        return text.firstMatch(of: /ready at http:\/\/127\.0\.0\.1:(\d+)\D/).flatMap { Int($0.1) }
    }

    /// Why a scenario cannot go on.
    struct Failure: Error, CustomStringConvertible {
        let message: String
        var description: String { message }
    }

    /// Runs a program, ours unless another is named, to its end.
    static func run(
        _ arguments: [String], in folder: URL, environment: [String: String], program: URL = AtelierProcess.program
    ) async throws -> (code: Int32, output: String) {
        try await threads.run {
            let process = Process()
            let pipe = Pipe()
            process.executableURL = program
            process.arguments = arguments
            process.currentDirectoryURL = folder
            process.environment = environment
            process.standardOutput = pipe
            process.standardError = pipe
            try process.run()
            let data = pipe.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            return (process.terminationStatus, String(decoding: data, as: UTF8.self))
        }
    }
}
