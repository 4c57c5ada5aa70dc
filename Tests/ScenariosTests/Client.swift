import AtelierTesting
import Foundation

/// A client of the program under test, with its credentials.
struct Client: Sendable {
    private let http: TestHTTPClient
    private let server: String

    init(_ process: AtelierProcess) {
        http = TestHTTPClient(port: process.port)
        server = process.url
    }

    struct Answer: Sendable {
        let status: Int
        let body: Data
        private let response: TestHTTPResponse

        init(_ response: TestHTTPResponse) {
            self.response = response
            status = response.status
            body = Data(response.body)
        }

        /// The body as a JSON object; empty when it is none.
        var json: [String: Any] {
            (try? JSONSerialization.jsonObject(with: body)) as? [String: Any] ?? [:]
        }
        var text: String { response.text }
        func header(_ name: String) -> String? { response[name] }
    }

    static let credentials =
        "Basic " + Data("\(AtelierProcess.user):\(AtelierProcess.password)".utf8).base64EncodedString()

    /// Sends a request; `path` may also be a whole URL of this server.
    func send(
        _ method: String, _ path: String, json: String? = nil, body: Data? = nil, headers: [String: String] = [:],
        withCredentials: Bool = true
    ) async throws -> Answer {
        var fields = withCredentials ? ["Authorization": Self.credentials] : [:]
        if json != nil { fields["Content-Type"] = "application/json" }
        fields.merge(headers) { _, new in new }
        let target = path.hasPrefix(server) ? String(path.dropFirst(server.count)) : path
        let content = json.map { Array($0.utf8) } ?? body.map { Array($0) }
        return Answer(try await http.send(method, target, headers: fields, body: content))
    }

    func upload(_ content: Data, name: String = "photo.jpg", headers: [String: String] = [:]) async throws -> Answer {
        let fields = ["Authorization": Self.credentials].merging(headers) { _, new in new }
        return Answer(
            try await http.upload(
                "/uploads", field: "file", fileName: name, contentType: "image/jpeg", content: Array(content),
                headers: fields))
    }

    /// Creates a campaign and returns its id.
    func createCampaign(_ image: String, headers: [String: String] = [:]) async throws -> Int {
        let answer = try await send(
            "POST", "/campaigns", json: #"{"name":"Spring","description":"A test","image_metadata":\#(image)}"#,
            headers: headers)
        guard answer.status == 202, let id = answer.json["id"] as? Int else {
            throw AtelierProcess.Failure(message: "not accepted: \(answer.status) \(answer.text)")
        }
        return id
    }

    /// Waits until campaign `id` has ended.
    func finished(_ id: Int, within limit: Duration = .seconds(120)) async throws -> [String: Any] {
        let end = ContinuousClock.now + limit
        while ContinuousClock.now < end {
            let answer = try await send("GET", "/campaigns/\(id)")
            if let status = answer.json["status"] as? String, ["completed", "failed"].contains(status) {
                return answer.json
            }
            // The client's own poll, as the seeds' clients did it: there is no event to wait for over plain HTTP.
            try await Task.sleep(for: .milliseconds(50))
        }
        throw AtelierProcess.Failure(message: "campaign \(id) did not end within \(limit)")
    }
}
