import Campaigns
import Concurrency
import Cryptography
import Database
import FoundationEssentials
import Generation
import HTTPClient
import HTTPClientCurl
import Identity
import Imaging
import Observability
import Operations
import ProviderProcedural
import Settings
import Storage
import StorageFile
import StudioInterface
import Web
import WebMicrohttpd
import Webhooks
import Workflows

/// Everything the program is made of, built from its settings.
///
/// The one place that knows every module.
struct Composition: Sendable {
    let settings: ProgramSettings
    let clock: any WallClock = SystemClock()
    let logger: Logger
    let metrics: Metrics
    let database: any Database
    let engine: any Engine
    let objects: any ObjectStore
    let images: ImageEngine
    let generation: GenerationRouter
    let publicURL: PublicURL
    let signer: URLSigner
    let studios: [any Studio]
    let webhooks: Webhooks

    /// Opens what the settings name and brings the tables up to date.
    /// - Throws: What cannot be opened, with what to do.
    init(_ settings: ProgramSettings, logger: Logger, metrics: Metrics) async throws {
        self.settings = settings
        self.logger = logger
        self.metrics = metrics
        publicURL = PublicURL(settings.publicURL)
        signer = Self.signer(settings)
        database = try await Self.reachingDatabase {
            try await settings.openDatabase(logger: logger, metrics: metrics)
        }
        objects = try await FileStore(root: settings.path(StorageSettings.url, scheme: "file"), clock: clock)
        images = try Self.imageEngine(settings)
        generation = Self.generation(settings, clock)
        engine = try Self.engine(settings, database, clock, logger, metrics)
        let client = engine.client
        let admission = Admission(database: database, clock: clock) { try client.checkReachable() }
        studios = [
            CampaignsStudio(
                .init(
                    database: database, admission: admission, engine: client, objects: objects, images: images,
                    signer: signer, publicURL: publicURL,
                    linkLifetime: settings[StorageSettings.linkLifetime], access: Self.access(settings),
                    spoolFolder: try Self.spoolFolder(settings), clock: clock, logger: logger))
        ]
        webhooks = Webhooks(
            database: database, engine: client, client: Self.httpClient(settings), clock: clock, logger: logger)
        webhooks.listen()
        for studio in studios { client.whenReopened { try studio.reopened($0, in: $1) } }
        try await Self.reachingDatabase { [self] in try await migrate() }
        measureStorage()
    }

    private static func engine(
        _ settings: ProgramSettings, _ database: any Database, _ clock: any WallClock, _ logger: Logger,
        _ metrics: Metrics
    ) throws -> any Engine {
        switch settings[WorkflowSettings.engine] {
        case "temporal":
            try TemporalEngine(settings, database: database, clock: clock, logger: logger, metrics: metrics)
        default: EmbeddedEngine(settings, database: database, clock: clock, logger: logger, metrics: metrics)
        }
    }

    /// Does what needs the database at the start, when nobody can be told to come back later.
    /// - Throws: ``ExitCode/wrongConfiguration`` once it was said why the database cannot be used.
    private static func reachingDatabase<Value: Sendable>(
        _ body: @Sendable () async throws -> Value
    ) async throws -> Value {
        do { return try await body() } catch let error as DatabaseError {
            switch error {
            case .unavailable, .full, .newerSchema:
                Terminal.error("atelier: \(error)")
                throw ExitCode.wrongConfiguration
            default: throw error
            }
        }
    }

    private func measureStorage() {
        metrics.onScrape { [objects] in
            let usage = await objects.usage()
            return [
                Reading("atelier_storage_bytes", help: "Bytes in stored objects.", value: Double(usage.bytes)),
                Reading("atelier_storage_objects", help: "Stored objects.", value: Double(usage.objects)),
                Reading("atelier_storage_free_bytes", help: "Room left.", value: Double(usage.freeBytes ?? 0)),
            ]
        }
    }

    static func imageEngine(_ settings: ProgramSettings) throws -> ImageEngine {
        let megapixels = settings[ImagingSettings.maximumMegapixels]
        return try ImageEngine(
            library: LibraryLocation(file: settings[ImagingSettings.library], folders: libraryFolders),
            threads: settings.count(ImagingSettings.threads), limits: ImageLimits(pixelCount: megapixels * 1_000_000))
    }

    /// Beside the checkout that the program was built in, and in the working directory.
    private static var libraryFolders: [String] {
        // Without /proc there is no other place to look, and the system's library remains.
        let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        let checkout = program.components(separatedBy: "/.build/").first ?? ""
        return ["\(checkout)/.libraries", ".libraries"]
    }

    private static func generation(_ settings: ProgramSettings, _ clock: any WallClock) -> GenerationRouter {
        let painting = WorkerThreads(name: "painting", count: settings.count(ImagingSettings.threads))
        return GenerationRouter(ProviderRegistry([ProceduralProvider(threads: painting, clock: clock)]))
    }

    static func httpClient(_ settings: ProgramSettings) -> CurlHTTPClient {
        let egress = Egress(
            mode: settings[OutboundSettings.mode], allowed: settings[OutboundSettings.allowed],
            proxy: settings[OutboundSettings.proxy])
        return CurlHTTPClient(
            .init(
                egress: egress, userAgent: "Atelier/\(Program.version)",
                authorityFile: settings[OutboundSettings.authorities]))
    }

    private static func signer(_ settings: ProgramSettings) -> URLSigner {
        let secrets =
            [settings[StorageSettings.linkSecret]] + [settings[StorageSettings.previousLinkSecret]].compactMap { $0 }
        return URLSigner(keys: secrets.map(URLSigner.Key.init(secret:)))
    }

    private static func access(_ settings: ProgramSettings) -> Access {
        .basic(BasicVerifier(username: settings.apiUsername, password: Password(settings.apiPassword.expose())))
    }

    private var adminAccess: AdminAccess {
        AdminAccess(
            username: settings[IdentitySettings.adminUsername],
            password: Password(settings[IdentitySettings.adminPassword].expose()),
            tokens: AccessTokens(secret: settings[IdentitySettings.tokenSecret].expose()), clock: clock)
    }

    private static func spoolFolder(_ settings: ProgramSettings) throws -> String {
        let folder = settings.home + "/spool"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        return folder
    }
}

extension Composition {
    /// Brings every component's tables up to date.
    private func migrate() async throws {
        let migrations =
            engine.migrations + Admission.migrations + Webhooks.migrations + studios.flatMap(\.migrations)
        _ = try await Migrator(migrations, clock: clock).run(on: database)
    }

    /// The server, without having started it.
    /// - Parameter onReady: Is told the port once connections are accepted.
    func server(onReady: @escaping @Sendable (Int) -> Void) -> MicrohttpdServer {
        var router = Router()
        for studio in studios { studio.register(routes: &router) }
        OperationsRoutes(
            database: database, objects: objects, engine: engine.client, signer: signer, metrics: metrics,
            clock: clock
        ).register(in: &router)
        let admin = adminAccess
        admin.register(in: &router)
        webhooks.register(routes: &router, access: admin.access)
        JobRoutes(engine: engine.client, access: admin.access, clock: clock).register(in: &router)
        QueueRoutes(queues: engine.client, access: admin.access).register(in: &router)
        var configuration = ServerConfiguration(host: settings[WebSettings.host], port: settings[WebSettings.port])
        configuration.maximumConnections = settings[WebSettings.maximumConnections]
        configuration.shutdownGrace = settings[WebSettings.shutdownGrace]
        return MicrohttpdServer(
            configuration: configuration,
            handler: router.handler(web, logger: logger.labelled("http"), metrics: metrics),
            logger: logger, metrics: metrics, onReady: onReady)
    }

    private var web: WebConfiguration {
        let origins = settings[WebSettings.corsOrigins]
        return WebConfiguration(
            title: "Atelier", version: Program.version, summary: "Generative picture work as durable jobs.",
            publicURL: publicURL.url(of: ""), cors: origins.isEmpty ? .sameOrigin : .origins(origins))
    }

    /// A worker for `queues`, or for all there are when none is named.
    func worker(queues: [String]) -> any Service {
        var registry = WorkflowRegistry()
        registry.register(SubmitGeneration(router: generation))
        registry.register(CollectGeneration(registry: generation.registry, images: images, objects: objects))
        for studio in studios { studio.register(workflows: &registry) }
        webhooks.register(workflows: &registry)
        let names =
            queues.isEmpty
            ? Set(registry.activities.values.map(\.options.taskQueue)) : Set(queues.map(TaskQueue.init(rawValue:)))
        let slots = settings.count(WorkflowSettings.concurrency, timesCores: 4)
        return engine.worker(
            WorkerPlan(
                registry: registry, queues: Dictionary(uniqueKeysWithValues: names.map { ($0, slots) }),
                holdsWorkflows: queues.isEmpty || names.contains(.default),
                stopGrace: settings[WebSettings.shutdownGrace]))
    }

    /// What the engine needs beside `roles`.
    func engineServices(for roles: Set<Role>) -> [any Service] {
        engine.services(for: roles) { [studios] job in
            for studio in studios { try await studio.forget(job) }
        }
    }

    /// What runs beside the server and the workers.
    var sweeps: [any Service] {
        studios.flatMap(\.services) + [
            WebhookSweep(webhooks, keep: settings[WebhookSettings.retention]),
            IdempotencySweep(database: database, clock: clock, logger: logger),
        ]
    }
}

extension URLSigner.Key {
    /// A key named after its secret, so that changing the secret changes the name by itself.
    fileprivate init(secret: Secret) {
        let bytes = Array(secret.expose().utf8)
        self.init(id: String(SHA256.hash(bytes).hex.prefix(8)), secret: bytes)
    }
}
