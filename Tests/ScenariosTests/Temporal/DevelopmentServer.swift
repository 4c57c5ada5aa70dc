import Concurrency
import Foundation
import Glibc
import Testing

/// A Temporal server of a test's own, whose state outlives its process: it can be killed and comes back as it was.
final class DevelopmentServer: @unchecked Sendable {
    // Sendable by use: a test drives its server from one task at a time.
    private var process: Process?
    private let file: URL
    private let port: Int
    private static let threads = WorkerThreads(name: "temporal-servers", count: 4)

    /// Starts one on a spare port, with its state in `file`, and waits until it answers.
    init(file: URL) async throws {
        self.file = file
        port = try SparePort.next()
        try await start()
    }

    deinit {
        if let process, process.isRunning { Glibc.kill(process.processIdentifier, SIGKILL) }
    }

    var address: String { "127.0.0.1:\(port)" }
    /// Where it listens, on loopback.
    var loopbackPort: Int { port }

    /// Ends it the way a power cut would.
    func kill() async {
        guard let process else { return }
        Glibc.kill(process.processIdentifier, SIGKILL)
        await Self.threads.run { process.waitUntilExit() }
        self.process = nil
    }

    /// Lets it go on where it was killed.
    func start() async throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        // The script gives its process to the server, which therefore ends with a signal to it.
        process.arguments = ["scripts/test-servers.sh", "become-temporal", "\(port)", "--db-filename", file.path]
        process.currentDirectoryURL = AtelierProcess.checkout
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        self.process = process
        try await Self.threads.run { try process.run() }
        try await eventually("Temporal answers at \(address)", within: .seconds(60)) { try await answers() }
    }

    private func answers() async throws -> Bool {
        let tool = AtelierProcess.checkout.appendingPathComponent(".tools/temporal/bin/temporal")
        let run = try await AtelierProcess.run(
            ["operator", "cluster", "health", "--address", address], in: file.deletingLastPathComponent(),
            environment: ["PATH": "/usr/bin:/bin", "HOME": "/nonexistent"], program: tool)
        return run.code == 0
    }
}

/// A TCP port of this machine that nobody uses at the moment.
enum SparePort {
    static func next() throws -> Int {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(listener) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        guard isBound else { throw AtelierProcess.Failure(message: "the system gives no port") }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
