import Concurrency
import FoundationEssentials
import Glibc

/// Starts the whole program on a store in which many jobs wait.
struct RestartBench {
    let jobs: Int
    private static let password = "bench-password"

    func run() async throws -> RestartResult {
        let home = try ScratchFolder.make("restart")
        defer {
            do { try FileManager.default.removeItem(atPath: home) } catch {
                Terminal.error("\(home) remains: \(error)")
            }
        }
        let port = try Self.sparePort()
        let client = ServerClient(host: "127.0.0.1", port: port, user: "bench", password: Self.password)
        let environment = [
            "ATELIER_HOME": home, "API_HOST": "127.0.0.1", "API_PORT": String(port), "API_USERNAME": "bench",
            "API_PASSWORD": Self.password, "ATELIER_LINK_SECRET": "a-secret-for-the-benchmark-and-nothing-else",
        ]
        try await Self.running(["api"], environment) {
            try await Self.waitForHealth(client)
            try await bring(client)
        }
        return try await Self.running(["serve"], environment) {
            let start = ContinuousClock.now
            try await Self.waitForHealth(client)
            let answered = ContinuousClock.now - start
            while try Self.isPending(1, client) { try await Task.sleep(for: .milliseconds(5)) }
            return RestartResult(
                queued: jobs, healthSeconds: answered.seconds, firstJobSeconds: (ContinuousClock.now - start).seconds)
        }
    }

    /// Admits the jobs over HTTP, as clients would; the pictures they name are not there, so each ends at once.
    private func bring(_ client: ServerClient) async throws {
        let threads = WorkerThreads(name: "restart", count: 32)
        let body = Array(
            """
            {"name":"bench","description":"A campaign of the benchmark",\
            "image_metadata":{"source_type":"local","path":"uploads/bench-absent.jpg"}}
            """.utf8)
        let request = client.request("POST", "/campaigns", type: "application/json", body: body)
        _ = try await Array(0..<32).concurrentMap(atMost: 32) { [jobs] index in
            try await threads.run { () throws(LoadFault) in
                let connection = try client.connect()
                for _ in stride(from: index, to: jobs, by: 32) {
                    let answer = try connection.exchange(request)
                    guard answer.status == 202 else { throw .refused(status: answer.status, body: "") }
                }
            }
        }
    }

    private static func isPending(_ id: Int, _ client: ServerClient) throws -> Bool {
        let state = try JSONDecoder().decode(CampaignState.self, from: Data(try client.get("/campaigns/\(id)")))
        return ["pending", "processing"].contains(state.status)
    }

    private static func running<Value>(
        _ arguments: [String], _ environment: [String: String], _ body: () async throws -> Value
    ) async throws -> Value {
        let program = try ChildProgram(arguments, environment: environment)
        let outcome: Result<Value, any Error>
        do { outcome = .success(try await body()) } catch { outcome = .failure(error) }
        try await program.stop()
        return try outcome.get()
    }

    private static func waitForHealth(_ client: ServerClient) async throws {
        let end = ContinuousClock.now + .seconds(60)
        while true {
            do {
                _ = try client.get("/health")
                return
            } catch {
                guard ContinuousClock.now < end else { throw error }
                try await Task.sleep(for: .milliseconds(2))
            }
        }
    }

    private static func sparePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) == 0 && getsockname(descriptor, address, &length) == 0
            }
        }
        guard isBound else { throw LoadFault.broken("no port is free") }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}

/// How soon a program serves that starts on a full queue.
struct RestartResult: Encodable {
    let queued: Int
    let healthSeconds: Double
    let firstJobSeconds: Double

    enum CodingKeys: String, CodingKey {
        case queued
        case healthSeconds = "health_seconds"
        case firstJobSeconds = "first_job_seconds"
    }

    var summary: String {
        "\(queued) jobs queued at the start: answers after \(rounded(healthSeconds)) s, first job done after "
            + "\(rounded(firstJobSeconds)) s"
    }
}
