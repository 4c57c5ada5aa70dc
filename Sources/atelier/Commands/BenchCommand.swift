import FoundationEssentials
import Imaging
import Settings

/// Measures the program on this machine.
enum BenchCommand: Command {
    static let specification = CommandSpecification(
        name: "bench",
        summary: "Measures a running server, and the rendering of pictures without one.",
        subjects: [
            "http": "only a running server", "images": "only rendering",
            "engine": "the durable engine alone, on a fresh database",
        ],
        options: [
            "url": "the server (default: ATELIER_PUBLIC_URL)", "clients": "connections at once (default 64)",
            "seconds": "length of each load (default 5, pick-up of the engine 10)",
            "photo": "a JPEG to use instead of a drawn one",
            "count": "campaigns at once (default 100), photos (default 20), or jobs that wait for the engine",
            "only": "get, post or campaigns; for the engine throughput, pickup, backlog, restart or memory",
            "database": "a server for the engine, postgres://... or mysql://... (default: SQLite)",
            "temporal": "HOST:PORT of a Temporal server that carries out the throughput's workflows",
            "namespace": "its namespace (default: default)",
            "connections": "connections to that server (default 10)",
            "workflows": "workflows of nine steps for the engine (default 200)",
            "concurrency": "how many of them at once (default 50)",
        ],
        flags: ["json": "print JSON"])

    static func run(_ arguments: Arguments) async throws -> ExitCode {
        if arguments.subject == "engine" {
            try BenchReport(engine: try await measureEngine(arguments)).show(asJSON: arguments.has("json"))
            return .done
        }
        // Rendering alone needs no credentials, so it runs without a configuration.
        let settings =
            try arguments.subject == "images"
            ? ProgramSettings.demonstration(home: ".") : ProgramSettings.load(writingSecrets: false)
        let photo = try await photo(arguments, settings)
        var report = BenchReport()
        do {
            if arguments.subject != "images" { try await measureServer(arguments, settings, photo, &report) }
            if arguments.subject != "http" {
                let engine = try Composition.imageEngine(settings)
                let count = try arguments.integer("count", in: 1...10_000, default: 20)
                report.images = try await ImageBench(engine: engine, photo: .bytes(photo), count: count).run()
            }
        } catch let fault as LoadFault {
            Terminal.error("atelier: " + fault.message)
            return .failed
        }
        try report.show(asJSON: arguments.has("json"))
        return .done
    }

    private static func measureServer(
        _ arguments: Arguments, _ settings: ProgramSettings, _ photo: [UInt8], _ report: inout BenchReport
    ) async throws {
        let address = try address(arguments.value("url") ?? settings.publicURL)
        let bench = HTTPBench(
            client: ServerClient(
                host: address.host, port: address.port, user: settings.apiUsername,
                password: settings.apiPassword.expose()),
            clients: try arguments.integer("clients", in: 1...1024, default: 64),
            seconds: Double(try arguments.integer("seconds", in: 1...600, default: 5)))
        let only = Set(arguments.all("only"))
        if only.isEmpty || only.contains("get") { report.get = try await bench.get() }
        if only.isEmpty || only.contains("post") { report.post = try await bench.post() }
        if only.isEmpty || only.contains("campaigns") {
            let count = try arguments.integer("count", in: 1...10_000, default: 100)
            report.campaigns = try await bench.campaigns(photo: photo, count: count)
        }
    }

    private static func address(_ text: String) throws -> (host: String, port: Int) {
        guard let url = URL(string: text), url.scheme == "http", let host = url.host() else {
            throw UsageError("--url takes http://HOST:PORT")
        }
        return (host, url.port ?? 80)
    }

    private static func photo(_ arguments: Arguments, _ settings: ProgramSettings) async throws -> [UInt8] {
        if let path = arguments.value("photo") {
            guard let data = FileManager.default.contents(atPath: path) else {
                throw UsageError("--photo: there is no readable file \(path)")
            }
            return Array(data)
        }
        let engine = try Composition.imageEngine(settings)
        let drawn = SyntheticPhoto(width: 4000, height: 3000).draw()
        return try await engine.encode(drawn, as: .jpeg(quality: 92)).bytes
    }
}
