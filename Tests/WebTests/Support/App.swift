import Concurrency
import Cryptography
import Identity
import Observability

@testable import Web

/// A program with a few routes, called without a network.
struct App {
    let log = RecordingLog()
    let metrics = Metrics()
    let handler: HTTPHandler

    init(_ routes: [Route], cors: CORSPolicy = .sameOrigin) {
        var router = Router()
        router.add(routes)
        let configuration = WebConfiguration(
            title: "Test", version: "1.2.3", summary: "A <test>", publicURL: "http://localhost:8001", cors: cors)
        handler = router.handler(configuration, logger: Logger(label: "http", sink: log), metrics: metrics)
    }

    func send(
        _ method: String, _ target: String, headers: HTTPHeaders = [:], body: any RequestBody = FakeBody()
    ) async -> HTTPResponse {
        await handler(
            HTTPRequest(method: method, target: target, headers: headers, body: body, remoteAddress: "127.0.0.1"))
    }

    func post(_ target: String, _ json: String, headers: HTTPHeaders = [:]) async -> HTTPResponse {
        var headers = headers
        headers["Content-Type"] = "application/json"
        return await send("POST", target, headers: headers, body: FakeBody(json))
    }
}

extension HTTPResponse {
    /// The body as text; nil for a file or a stream.
    var text: String? { if case .bytes(let bytes) = body { String(decoding: bytes, as: UTF8.self) } else { nil } }
}

/// Keeps log lines.
final class RecordingLog: LogSink {
    private let kept = Locked<[LogLine]>([])
    var lines: [LogLine] { kept.withLock { $0 } }
    func write(_ line: LogLine) { kept.withLock { $0.append(line) } }
}

func basic(_ credentials: String) -> HTTPHeaders {
    ["Authorization": "Basic " + Base64.standard.encode(Array(credentials.utf8))]
}

enum Ratio: String, CaseIterable, Codable {
    case square = "1:1"
    case portrait = "9:16"
    case landscape = "16:9"
}

enum Source: Codable, Equatable {
    case local(path: String)
    case generated(prompt: String, seed: Int?)

    static let schema: Schema<Source> = .oneOf(
        "ImageMetadata", discriminator: "source_type",
        [
            ("local", .object("LocalImage", .required("path", .string(length: 1...20))) { .local(path: $0) }),
            (
                "ai_generated",
                .object(
                    "GeneratedImage", .required("prompt", .string(length: 1...20, layout: .lines)),
                    .optional("seed", .integer(0...9))
                ) { .generated(prompt: $0, seed: $1) }
            ),
        ])
}

struct NewCampaign: Equatable {
    var name: String?
    var description: String
    var source: Source
    var ratios: [Ratio]

    static let schema: Schema<NewCampaign> = .object(
        "NewCampaign",
        .optional("name", .string(length: 1...10), example: "Spring"),
        .required("description", .string(length: 1...20, layout: .lines), example: "Shoes", doc: "What for"),
        .required("image_metadata", Source.schema),
        .optional("variations", .array(of: .enumeration(), count: 1...3, unique: true), default: [.square])
    ) { NewCampaign(name: $0, description: $1, source: $2, ratios: $3) }
}

struct Accepted: ResponseModel, Equatable {
    var id: Int
    var status = "pending"

    static let schema: JSONSchema = .object(
        "Accepted", [.property("id", .integer()), .property("status", .enumeration(["pending"]))])
    static let example = Accepted(id: 1)
    var responseHeaders: HTTPHeaders { ["Location": "/campaigns/\(id)"] }
}

struct Unhappy: Error { let secret = "password of the database" }

extension App {
    static let verifier = BasicVerifier(username: "ann", password: Password("secret"))

    /// The campaigns API in small.
    static func campaigns(cors: CORSPolicy = .sameOrigin) -> App {
        App(
            [
                Route(
                    .post, "/campaigns", summary: "Creates a campaign", tags: ["Campaigns"], access: .basic(verifier),
                    idempotent: true, .body(NewCampaign.schema, limitInBytes: 2000), returns: .accepted(Accepted.self),
                    errors: [.conflict]
                ) { _, campaign in Accepted(id: campaign.ratios.count) },
                Route(
                    .get, "/campaigns/{id}", summary: "Shows a campaign", tags: ["Campaigns"],
                    access: .basic(verifier), .path("id", .integer(1...)), returns: .ok(Accepted.self),
                    errors: [.notFound]
                ) { _, id in
                    guard id < 100 else { throw HTTPError.notFound("There is no campaign \(id)") }
                    return Accepted(id: id)
                },
                Route(
                    .get, "/campaigns", summary: "Lists campaigns", tags: ["Campaigns"], access: .open, .limit,
                    .cursor(as: Int.self), returns: .ok(Page<Accepted>.self)
                ) { _, limit, cursor in Page([Accepted(id: limit)], next: cursor.map { $0 + limit }) },
                Route(
                    .delete, "/campaigns/{id}", summary: "Removes a campaign", access: .open,
                    .path("id", .integer(1...)), returns: .noContent
                ) { _, _ in NoContent() },
                Route(.get, "/fault", summary: "Fails", access: .open, returns: .ok(Accepted.self)) { _ in
                    throw Unhappy()
                },
                Route(
                    raw: .get, "/files/{key...}", summary: "A file", access: .open, .path("key", .string()),
                    returns: [DocumentedResponse(status: 200, doc: "The file", mediaType: "application/octet-stream")]
                ) { _, key in HTTPResponse(status: 200, body: .bytes(Array(key.utf8))) },
            ], cors: cors)
    }
}
