import AtelierTesting
import Concurrency
import Foundation
import GRPCClient
import Testing

/// A server program that a test starts for itself.
final class ServerProcess: Sendable {
    private let process: Process
    private let hasEnded = ShutdownSignal()

    init(_ program: String, _ arguments: [String]) throws {
        process = Process()
        // It ends with us, also when the run is killed.
        process.executableURL = URL(fileURLWithPath: "/usr/bin/setpriv")
        process.arguments = ["--pdeathsig", "KILL", program] + arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        process.terminationHandler = { [hasEnded] _ in hasEnded.trigger() }
        try process.run()
    }

    deinit { kill(process.processIdentifier, SIGKILL) }

    /// Ends it as a power cut would, and waits until its port is free.
    func crash() async {
        kill(process.processIdentifier, SIGKILL)
        await end()
    }

    /// Waits until it ends by itself.
    func end() async {
        await hasEnded.wait()
        // Released earlier, it would not hear of the end.
        withExtendedLifetime(self) {}
    }
}

/// Temporal's development server.
enum TemporalServer {
    static let systemInfo = "/temporal.api.workflowservice.v1.WorkflowService/GetSystemInfo"
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The one that `./test.sh` has started: its port on this machine.
    static let sharedPort = ProcessInfo.processInfo.environment["ATELIER_TEST_TEMPORAL"]?.split(separator: ":").last
        .flatMap { Int($0) }

    /// Starts one of a test's own and returns once it answers.
    static func start(on port: Int, _ arguments: [String] = []) async throws -> ServerProcess {
        let program = root.appendingPathComponent(".tools/temporal/bin/temporal").path
        let server = try ServerProcess(
            program,
            [
                "server", "start-dev", "--headless", "--ip", "127.0.0.1", "--port", String(port), "--http-port",
                String(sparePort()), "--log-level", "error",
            ] + arguments)
        let channel = try GRPCChannel.local(port)
        try await channel.untilItAnswers()
        await channel.close()
        return server
    }
}

/// A port of this machine that nobody listens on.
func sparePort() -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            _ = bind(descriptor, $0, length)
            _ = getsockname(descriptor, $0, &length)
        }
    }
    return Int(UInt16(bigEndian: address.sin_port))
}

extension GRPCChannel {
    /// Asks for the server's version, which it tells without looking anything up.
    func ask(timeout: Duration = .seconds(10)) async throws {
        _ = try await call(TemporalServer.systemInfo, [], timeout: timeout)
    }

    /// The error of that; nil when it succeeds.
    func answerFailure(timeout: Duration = .seconds(10)) async throws -> GRPCError? {
        do {
            try await ask(timeout: timeout)
            return nil
        } catch let error as GRPCError {
            return error
        }
    }

    /// Asks until there is an answer; 30 seconds at most.
    func untilItAnswers() async throws {
        let end = ContinuousClock.now + .seconds(30)
        while true {
            do { return try await ask() } catch let error as GRPCError {
                // The channel itself pauses between its attempts; a server that begins may answer with an error at once.
                guard ContinuousClock.now < end else { throw error }
                try await Task.sleep(for: .milliseconds(20))
            }
        }
    }
}
