import AtelierTesting
import Concurrency
import Database
import DatabaseSQLite
import Foundation
import Identity
import Observability
import Operations
import Web
import Workflows
import WorkflowsSQL

/// The administration's routes over an engine of a test's own, called without a network.
struct Office {
    static let password = "a password of some length"
    let engine: SQLWorkflowEngine
    let clock: any WallClock
    private let handler: HTTPHandler

    init(_ database: any Database, clock: any WallClock = SystemClock()) {
        self.clock = clock
        engine = SQLWorkflowEngine(database: database, clock: clock)
        let admin = AdminAccess(
            username: "admin", password: Password(Self.password),
            tokens: AccessTokens(secret: String(repeating: "s", count: 40)), clock: clock)
        var router = Router()
        admin.register(in: &router)
        JobRoutes(engine: engine, access: admin.access, clock: clock).register(in: &router)
        handler = router.handler(
            WebConfiguration(
                title: "Test", version: "1", summary: "Test", publicURL: "http://localhost", cors: .sameOrigin),
            logger: .silent, metrics: Metrics())
    }

    func send(
        _ method: String, _ target: String, json: String? = nil, token: String? = nil, authorization: String? = nil
    ) async -> HTTPResponse {
        var headers: HTTPHeaders = [:]
        headers["Authorization"] = authorization ?? token.map { "Bearer \($0)" }
        if json != nil { headers["Content-Type"] = "application/json" }
        let body = TextBody(json ?? "")
        return await handler(
            HTTPRequest(method: method, target: target, headers: headers, body: body, remoteAddress: "127.0.0.1"))
    }

    func logIn() async throws -> String {
        let response = await send(
            "POST", "/admin/login", json: #"{"username":"admin","password":"\#(Self.password)"}"#)
        let answer = try response.object
        guard response.status == 200, let token = answer["access_token"] as? String else { throw NotLoggedIn() }
        return token
    }
    private struct NotLoggedIn: Error {}

    /// Works while `body` runs.
    func working(_ registry: WorkflowRegistry, _ body: () async throws -> Void) async throws {
        let worker = WorkflowWorker(engine: engine, registry: registry, queues: [.default: 4])
        let shutdown = ShutdownSignal()
        async let end: Void = worker.run(until: shutdown)
        do { try await body() } catch {
            shutdown.trigger()
            try await end
            throw error
        }
        shutdown.trigger()
        try await end
    }
}

/// Opens a database with the engine's tables and an office over it.
func withOffice(clock: any WallClock = SystemClock(), _ body: (Office) async throws -> Void) async throws {
    try await withTemporaryFolder { folder in
        let database = try await SQLiteDatabase(path: folder.file("workflows.db"))
        try await Migrator(Migration.workflows).run(on: database)
        do { try await body(Office(database, clock: clock)) } catch {
            await database.close()
            throw error
        }
        await database.close()
    }
}

/// What a chore needs.
final class Tool: Sendable {
    private let state = Locked(true)
    var isBroken: Bool { state.withLock { $0 } }
    func mend() { state.withLock { $0 = false } }
}

/// An activity that fails until its tool is mended.
struct Chore: Activity {
    static let name = "Chore"
    static let options = ActivityOptions(retry: .localWork)
    struct Failure: ActivityFailure {
        let kind = "broken"
        let isRetryable = false
        let message = "The tool is broken."
    }
    let tool: Tool

    func run(_ input: String, in activity: ActivityContext) async throws -> String {
        if tool.isBroken { throw Failure() }
        return input
    }
}

struct DoChore: Workflow {
    static let name = "DoChore"
    func run(_ input: String, in workflow: WorkflowContext) async throws -> String {
        try await workflow.execute(Chore.self, input)
    }
}

extension WorkflowRegistry {
    static func chores(_ tool: Tool) -> WorkflowRegistry {
        var registry = WorkflowRegistry()
        registry.register(DoChore.self)
        registry.register(Chore(tool: tool))
        return registry
    }
}

extension HTTPResponse {
    var bytes: [UInt8] { if case .bytes(let bytes) = body { bytes } else { [] } }
    var object: [String: Any] {
        get throws { try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any] ?? [:] }
    }
}

/// A body in memory.
private final class TextBody: RequestBody {
    let announcedLength: Int?
    private let rest: Locked<[UInt8]?>

    init(_ text: String) {
        announcedLength = text.utf8.count
        rest = Locked(text.isEmpty ? nil : Array(text.utf8))
    }

    func next() async throws(RequestBodyError) -> [UInt8]? {
        rest.withLock { rest in
            defer { rest = nil }
            return rest
        }
    }

    func multipart(limits: MultipartLimits, spoolingTo folder: String) async throws(RequestBodyError) -> [SpooledPart] {
        throw .unsupported("this body has no parts")
    }
}

/// Keeps what a streamed answer writes.
final class KeptWriter: ResponseWriter {
    private let text = Locked("")
    var lines: [String] { text.withLock { $0.split(separator: "\n").map(String.init) } }
    func write(_ bytes: [UInt8]) async throws(RequestBodyError) {
        text.withLock { $0 += String(decoding: bytes, as: UTF8.self) }
    }
}
