/// A response as it came over the wire.
public struct TestHTTPResponse: Sendable {
    /// The status code.
    public var status: Int
    /// Header fields in order, names in lower case.
    public var headers: [(name: String, value: String)]
    /// The content, without its chunked coding.
    public var body: [UInt8]

    /// The first value of the field `name`, whatever its case.
    public subscript(name: String) -> String? { headers.first { $0.name == name.lowercased() }?.value }

    /// The content as text.
    public var text: String { String(decoding: body, as: UTF8.self) }
}

extension RawConnection {
    /// Reads a response's status line and header fields; its body is still to be read.
    /// - Throws: ``RawConnectionError``.
    public func readHead() throws -> TestHTTPResponse {
        let head = try read(upTo: "\r\n\r\n")
        var lines = head.split(separator: "\r\n")
        let first = lines.removeFirst().split(separator: " ")
        guard first.count >= 2, first[0].hasPrefix("HTTP/1."), let status = Int(first[1]) else {
            throw RawConnectionError.notHTTP(head)
        }
        let headers = try lines.map { line in
            guard let colon = line.firstIndex(of: ":") else { throw RawConnectionError.notHTTP(head) }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            return (name: line[..<colon].lowercased(), value: String(value))
        }
        return TestHTTPResponse(status: status, headers: headers, body: [])
    }

    /// Reads the next piece of a chunked body; nil after the last.
    /// - Throws: ``RawConnectionError``.
    public func readChunk() throws -> [UInt8]? {
        let line = try read(upTo: "\r\n")
        guard let size = Int(line.dropLast(), radix: 16) else { throw RawConnectionError.notHTTP(line) }
        let bytes = try read(count: size)
        _ = try read(upTo: "\r\n")
        return size == 0 ? nil : bytes
    }

    /// Reads a whole response.
    /// - Parameter isHead: Whether it answers a HEAD request and so has no body, whatever its header says.
    /// - Throws: ``RawConnectionError``.
    public func readResponse(isHead: Bool = false) throws -> TestHTTPResponse {
        var response = try readHead()
        if isHead || response.status < 200 || response.status == 204 || response.status == 304 { return response }
        if let length = response["content-length"].flatMap({ Int($0) }) {
            response.body = try read(count: length)
        } else if response["transfer-encoding"] == "chunked" {
            while let chunk = try readChunk() { response.body += chunk }
        } else {
            response.body = try readUntilClosed()
        }
        return response
    }
}
