import Concurrency
import Foundation
import Testing

/// A namespace of a test's own on a Temporal server, and a folder for the program that works there.
struct TemporalPlace {
    /// Where the server listens that `./test.sh` has started.
    static let server = ProcessInfo.processInfo.environment["ATELIER_TEST_TEMPORAL"]

    let scratch: Scratch
    /// `HOST:PORT` of the server itself.
    let address: String
    let namespace: String
    /// Settings for all programs here.
    private let extra: [String: String]

    /// Makes the namespace; the folder holds a photo to order campaigns of.
    init(on address: String? = server, settings: [String: String] = [:]) async throws {
        self.address = try #require(address)
        extra = settings
        namespace = "scenario-" + UUID().uuidString.lowercased()
        scratch = try Scratch()
        try scratch.place(try await Pictures.photo(), at: "uploads/photo.jpg")
        let made = try await tool("operator", "namespace", "create", "--retention", "24h")
        try #require(made.code == 0, "\(made.output)")
        // It takes a moment to reach every part of the server.
        try await eventually("the namespace is known") { try await tool("workflow", "list").code == 0 }
    }

    /// The smallest order there is.
    static let order = #"{"source_type":"local","path":"uploads/photo.jpg"}"#

    /// What tells the program where to work.
    /// - Parameter proxy: The loopback port through which it reaches the server; nil for none in between.
    func settings(through proxy: Int? = nil, adding extra: [String: String] = [:]) -> [String: String] {
        let own = [
            "ATELIER_ENGINE": "temporal", "TEMPORAL_ADDRESS": proxy.map { "127.0.0.1:\($0)" } ?? address,
            "TEMPORAL_NAMESPACE": namespace,
        ]
        return own.merging(self.extra) { _, new in new }.merging(extra) { _, new in new }
    }

    /// Where the server listens, on loopback.
    func port() throws -> Int { try #require(address.split(separator: ":").last.flatMap { Int($0) }) }

    /// Starts the program here.
    func start(
        _ command: String..., through proxy: Int? = nil, adding extra: [String: String] = [:]
    ) async throws -> AtelierProcess {
        try await AtelierProcess(
            command.isEmpty ? ["serve"] : command, home: scratch.url,
            environment: settings(through: proxy, adding: extra))
    }

    /// Runs the program here to its end.
    @discardableResult
    func atelier(_ words: String...) async throws -> (code: Int32, output: String) {
        try await AtelierProcess.run(
            words, in: scratch.url,
            environment: AtelierProcess.environment(home: scratch.url, adding: settings()))
    }

    /// Runs Temporal's own command line against the namespace.
    @discardableResult
    func tool(_ words: String...) async throws -> (code: Int32, output: String) {
        try await AtelierProcess.run(
            words + ["--address", address, "--namespace", namespace], in: scratch.url,
            environment: ["PATH": "/usr/bin:/bin", "HOME": scratch.url.path], program: Self.installed("temporal"))
    }

    /// Runs a command of `Tests/Fixtures/temporal_client.py`, a program with Temporal's own SDK.
    /// - Returns: The JSON that it prints.
    func python(_ words: [String]) async throws -> Any {
        let script = AtelierProcess.checkout.appendingPathComponent("Tests/Fixtures/temporal_client.py").path
        let run = try await AtelierProcess.run(
            ["-B", script, address, namespace] + words, in: scratch.url,
            environment: ["PATH": "/usr/bin:/bin", "HOME": scratch.url.path], program: Self.installed("python"))
        guard run.code == 0 else { throw AtelierProcess.Failure(message: "temporal_client.py: \(run.output)") }
        return try JSONSerialization.jsonObject(with: Data(run.output.utf8), options: .fragmentsAllowed)
    }

    /// The same, for commands that answer with an object.
    func ask(_ words: String...) async throws -> [String: Any] {
        try #require(try await python(words) as? [String: Any])
    }

    /// The programs of Temporal that `./test.sh` has fetched.
    private static func installed(_ name: String) -> URL {
        AtelierProcess.checkout.appendingPathComponent(".tools/temporal/bin").appendingPathComponent(name)
    }
}
