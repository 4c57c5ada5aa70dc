import Cryptography
import FoundationEssentials

/// Speaks to a running Atelier as a client with HTTP Basic credentials would.
struct ServerClient: Sendable {
    let host: String
    let port: Int
    let user: String
    let password: String

    /// The bytes of a request, ready to be sent any number of times.
    func request(_ method: String, _ path: String, type: String? = nil, body: [UInt8] = []) -> [UInt8] {
        let credentials = Base64.standard.encode(Array("\(user):\(password)".utf8))
        var head = "\(method) \(path) HTTP/1.1\r\nHost: \(host):\(port)\r\nAuthorization: Basic \(credentials)\r\n"
        if let type { head += "Content-Type: \(type)\r\n" }
        if method != "GET" { head += "Content-Length: \(body.count)\r\n" }
        return Array((head + "\r\n").utf8) + body
    }

    func connect() throws(LoadFault) -> LoadConnection { try LoadConnection(host: host, port: port) }

    /// Sends one request on a connection of its own.
    /// - Throws: ``LoadFault/refused(status:body:)`` unless the answer is a success.
    func send(_ request: [UInt8]) throws(LoadFault) -> [UInt8] {
        let answer = try connect().exchange(request)
        guard (200..<300).contains(answer.status) else {
            throw .refused(status: answer.status, body: String(decoding: answer.body.prefix(500), as: UTF8.self))
        }
        return answer.body
    }

    func post(_ path: String, json: String) throws(LoadFault) -> [UInt8] {
        try send(request("POST", path, type: "application/json", body: Array(json.utf8)))
    }

    func get(_ path: String) throws(LoadFault) -> [UInt8] { try send(request("GET", path)) }

    func delete(_ path: String) throws(LoadFault) { _ = try send(request("DELETE", path)) }

    func upload(_ content: [UInt8], fileName: String, to path: String) throws(LoadFault) -> [UInt8] {
        let boundary = "atelier-" + Hex.encode(randomBytes(12))
        let head =
            "--\(boundary)\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\(fileName)\"\r\n"
            + "Content-Type: application/octet-stream\r\n\r\n"
        let body = Array(head.utf8) + content + Array("\r\n--\(boundary)--\r\n".utf8)
        return try send(request("POST", path, type: "multipart/form-data; boundary=\(boundary)", body: body))
    }
}

/// The fields of answers that the program's own clients read.
struct CampaignState: Decodable {
    let id: Int
    let status: String
    let errorMessage: String?

    enum CodingKeys: String, CodingKey {
        case id, status
        case errorMessage = "error_message"
    }
}

/// The field of an upload's answer that a campaign needs.
struct UploadedPath: Decodable {
    let path: String
}

func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws -> Value {
    try JSONDecoder().decode(type, from: Data(bytes))
}
