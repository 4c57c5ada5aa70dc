import Foundation
import FoundationNetworking

/// A client of the program under test.
struct Client: Sendable {
    let server: String
    var user = AtelierProcess.user
    var password = AtelierProcess.password

    init(_ process: AtelierProcess) { server = process.url }

    struct Answer: Sendable {
        let status: Int
        let headers: [String: String]
        let body: Data

        /// The body as JSON.
        var json: [String: Any] {
            (try? JSONSerialization.jsonObject(with: body)) as? [String: Any] ?? [:]
        }
        var text: String { String(decoding: body, as: UTF8.self) }
        func header(_ name: String) -> String? {
            headers.first { $0.key.lowercased() == name.lowercased() }?.value
        }
    }

    func send(
        _ method: String, _ path: String, json: String? = nil, body: Data? = nil, headers: [String: String] = [:],
        withCredentials: Bool = true
    ) async throws -> Answer {
        guard let url = URL(string: path.hasPrefix("http") ? path : server + path) else {
            throw AtelierProcess.Failure(message: "not a URL: \(path)")
        }
        var request = URLRequest(url: url)
        request.httpMethod = method
        request.timeoutInterval = 60
        if withCredentials {
            let credentials = Data("\(user):\(password)".utf8).base64EncodedString()
            request.setValue("Basic \(credentials)", forHTTPHeaderField: "Authorization")
        }
        if let json {
            request.httpBody = Data(json.utf8)
            request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        }
        if let body { request.httpBody = body }
        for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
        let (data, response) = try await URLSession.shared.data(for: request)
        guard let response = response as? HTTPURLResponse else {
            throw AtelierProcess.Failure(message: "no HTTP answer")
        }
        let fields = response.allHeaderFields.reduce(into: [String: String]()) { fields, field in
            fields["\(field.key)"] = "\(field.value)"
        }
        return Answer(status: response.statusCode, headers: fields, body: data)
    }

    func upload(_ content: Data, name: String = "photo.jpg", headers: [String: String] = [:]) async throws -> Answer {
        let boundary = "scenario-boundary"
        var body = Data(
            "--\(boundary)\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\(name)\"\r\n\r\n".utf8)
        body.append(content)
        body.append(Data("\r\n--\(boundary)--\r\n".utf8))
        let type = "multipart/form-data; boundary=\(boundary)"
        return try await send(
            "POST", "/uploads", body: body, headers: headers.merging(["Content-Type": type]) { _, new in new })
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
