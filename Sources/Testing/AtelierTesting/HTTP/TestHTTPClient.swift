/// Sends requests to a server on this machine, each on a connection of its own.
public struct TestHTTPClient: Sendable {
    /// The server's port.
    public let port: Int
    /// Fields that every request carries: credentials, for instance.
    public var headers: [String: String]
    /// How long any single wait may take.
    public var timeout = Duration.seconds(20)

    /// Creates a client for the server on `port`.
    public init(port: Int, headers: [String: String] = [:]) {
        self.port = port
        self.headers = headers
    }

    /// Sends a request and reads the whole answer.
    /// - Parameters:
    ///   - target: Path and query, already encoded.
    ///   - headers: Further fields; they win over those of the client.
    /// - Throws: ``RawConnectionError``.
    public func send(
        _ method: String, _ target: String, headers: [String: String] = [:], body: [UInt8]? = nil
    ) async throws -> TestHTTPResponse {
        let connection = try RawConnection(port: port, timeout: timeout)
        try await connection.send(head(method, target, headers, bodyLength: body?.count))
        if let body { try await connection.send(body) }
        return try await connection.readResponse(isHead: method == "HEAD")
    }

    /// Gets `target`.
    /// - Throws: ``RawConnectionError``.
    public func get(_ target: String, headers: [String: String] = [:]) async throws -> TestHTTPResponse {
        try await send("GET", target, headers: headers)
    }

    /// Posts `json` to `target`.
    /// - Throws: ``RawConnectionError``.
    public func post(_ target: String, json: String, headers: [String: String] = [:]) async throws -> TestHTTPResponse {
        let type = ["Content-Type": "application/json"]
        return try await send(
            "POST", target, headers: type.merging(headers) { _, own in own }, body: Array(json.utf8))
    }

    /// Posts one file as `multipart/form-data`.
    /// - Throws: ``RawConnectionError``.
    public func upload(
        _ target: String, field: String = "file", fileName: String, contentType: String, content: [UInt8],
        headers: [String: String] = [:]
    ) async throws -> TestHTTPResponse {
        let boundary = "atelier-test-boundary"
        let part =
            "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(field)\"; filename=\"\(fileName)\"\r\n"
            + "Content-Type: \(contentType)\r\n\r\n"
        let type = ["Content-Type": "multipart/form-data; boundary=\(boundary)"]
        return try await send(
            "POST", target, headers: type.merging(headers) { _, own in own },
            body: Array(part.utf8) + content + Array("\r\n--\(boundary)--\r\n".utf8))
    }

    /// Opens a connection and gets `target` on it, without reading: for streams and for clients that leave.
    /// - Throws: ``RawConnectionError``.
    public func open(_ target: String, headers: [String: String] = [:]) async throws -> RawConnection {
        let connection = try RawConnection(port: port, timeout: timeout)
        try await connection.send(head("GET", target, headers, bodyLength: nil))
        return connection
    }

    private func head(_ method: String, _ target: String, _ headers: [String: String], bodyLength: Int?) -> String {
        var fields = self.headers.merging(headers) { _, own in own }
        if let bodyLength { fields["Content-Length"] = String(bodyLength) }
        let lines = fields.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)\r\n" }.joined()
        return "\(method) \(target) HTTP/1.1\r\nHost: localhost:\(port)\r\n\(lines)\r\n"
    }
}
