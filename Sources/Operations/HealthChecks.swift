import Database
import Storage
import Web
import Workflows

/// Looks at what the server needs, with a short limit on each look.
struct HealthChecks: Sendable {
    private let database: any Database
    private let objects: any ObjectStore
    private let engine: any WorkflowEngine

    /// Creates the checks.
    init(database: any Database, objects: any ObjectStore, engine: any WorkflowEngine) {
        self.database = database
        self.objects = objects
        self.engine = engine
    }

    func run() async -> Health {
        let database = await databaseAnswers() ? "connected" : "disconnected"
        let free = await objects.usage().freeBytes
        // Below this a single batch of pictures may fill the disk.
        let storage = free.map { $0 < 256 << 20 ? "full" : "connected" } ?? "connected"
        let temporal = await engine.reachability().word
        let status: Health.Status =
            database != "connected" || temporal == "disconnected"
            ? .unhealthy : storage != "connected" ? .degraded : .healthy
        return Health(
            status: status, temporal: temporal, database: database, storage: storage,
            services: Health.builtIn)
    }

    private func databaseAnswers() async -> Bool {
        do {
            return try await database.read { try $0.first("SELECT 1 AS one")?.integer("one") == 1 }
        } catch {
            return false
        }
    }
}

extension EngineReachability {
    fileprivate var word: String {
        switch self {
        case .embedded: "embedded"
        case .connected: "connected"
        case .disconnected: "disconnected"
        }
    }
}

/// The answer of `GET /health`.
struct Health: ResponseModel {
    enum Status: String, Encodable, Sendable, CaseIterable {
        case healthy, degraded, unhealthy
    }
    let status: Status
    let temporal: String
    let database: String
    let storage: String
    let services: [String: String]

    static let schema = JSONSchema.object(
        "Health",
        [
            .property("status", .enumeration(Status.allCases.map(\.rawValue))),
            .property("temporal", .enumeration(["connected", "disconnected", "embedded"])),
            .property("database", .enumeration(["connected", "disconnected"])),
            .property("storage", .enumeration(["connected", "disconnected", "full"])),
            .property("services", .map(of: .enumeration(["online", "offline", "builtin", "unknown"]))),
        ])
    static let example = Health(
        status: .healthy, temporal: "embedded", database: "connected", storage: "connected", services: builtIn)

    /// No outside service is in use: what each would do is done by this program.
    static let builtIn = [
        "a100": "builtin", "imageManipulator": "builtin", "birefnet": "builtin", "sam3": "builtin",
    ]
}
