import Concurrency
import Database
import FoundationEssentials
import Generation
import Imaging
import Observability
import Settings
import StudioInterface

/// One real job of every studio, on a spare port and a scratch folder, in this process.
enum DemoCommand: Command {
    static let specification = CommandSpecification(
        name: "demo", summary: "Runs one real job of every studio in a scratch folder and says where the pictures are.",
        flags: ["database": "keep its rows in DATABASE_URL instead of the scratch folder"])

    static func run(_ arguments: Arguments) async throws -> ExitCode {
        let home = try ScratchFolder.make("demo")
        let database =
            try arguments.has("database")
            ? ProgramSettings.load(writingSecrets: false)[DatabaseSettings.url] : nil
        let settings = try ProgramSettings.demonstration(home: home, database: database)
        let log = try ProgramLog(settings, name: "demo")
        let composition = try await Composition(settings, logger: log.logger, metrics: Metrics())
        let shutdown = ShutdownSignal()
        Signals.stop(shutdown)
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await Server.serve(composition, roles: [.api, .worker], until: shutdown) { url in
                    port.yield(URL(string: url)?.port ?? 0)
                    port.finish()
                }
                port.finish()
            }
            for await port in ports { try await demonstrate(composition, settings, port: port) }
            shutdown.trigger()
            try await group.waitForAll()
        }
        await composition.close()
        await log.close()
        return .done
    }

    private static func demonstrate(_ composition: Composition, _ settings: ProgramSettings, port: Int) async throws {
        let client = DemoClient(
            server: ServerClient(
                host: "127.0.0.1", port: port, user: settings.apiUsername, password: settings.apiPassword.expose()),
            images: composition.images, generation: composition.generation)
        for studio in composition.studios {
            Terminal.out("\(studio.name): running")
            for picture in try await studio.demonstrate(with: client) {
                Terminal.out("  \(picture.title.padded(to: 44))\(settings.home)/files/\(picture.key)")
            }
        }
        Terminal.out("The pictures stay there; the folder can be removed at any time.")
    }
}

/// The program's own server, as a client on a thread of its own sees it.
struct DemoClient: DemonstrationClient {
    let server: ServerClient
    let images: ImageEngine
    let generation: GenerationRouter
    private let threads = WorkerThreads(name: "demo", count: 1)

    init(server: ServerClient, images: ImageEngine, generation: GenerationRouter) {
        self.server = server
        self.images = images
        self.generation = generation
    }

    func post(_ path: String, json: String) async throws -> [UInt8] {
        try await threads.run { [server] () throws(LoadFault) in try server.post(path, json: json) }
    }

    func upload(_ content: [UInt8], fileName: String, to path: String) async throws -> [UInt8] {
        try await threads.run { [server] () throws(LoadFault) in
            try server.upload(content, fileName: fileName, to: path)
        }
    }

    func get(_ path: String) async throws -> [UInt8] {
        try await threads.run { [server] () throws(LoadFault) in try server.get(path) }
    }

    /// A still life, encoded as a camera would: the demonstration brings no photograph of anybody's.
    func photograph() async throws -> [UInt8] {
        let request = GenerationRequest(
            prompt: "white sneaker on a coral background", size: .pixels(width: 1920, height: 1440), seed: 5)
        let route = try generation.route(request)
        let ticket = try await route.provider.submit(route.request, key: "demonstration")
        guard case .ready(let pictures) = try await route.provider.collect(ticket),
            case .bitmap(let bitmap)? = pictures.first?.content
        else { throw DemonstrationFailure(reason: "the built-in generator drew nothing") }
        return try await images.encode(bitmap, as: .jpeg(quality: 92)).bytes
    }
}
