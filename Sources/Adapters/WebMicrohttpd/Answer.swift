import CMicrohttpd
import Glibc
import Web

/// Turns a response into the library's form, or into bytes for when the library cannot send it.
enum Answer {
    /// A fault found by the server itself, in the form that all of the product's errors have.
    static func fault(_ status: Int, _ detail: String) -> HTTPResponse {
        HTTPResponse(
            status: status, headers: ["Content-Type": "application/json"],
            body: .bytes(Array(#"{"detail":"\#(detail)"}"#.utf8)))
    }

    /// Queues `response` on the connection; only in the library's access callback.
    /// - Parameters:
    ///   - exchange: Feeds a streamed body; nil where there is none.
    ///   - closes: Whether the connection ends with this answer.
    static func queue(
        _ response: HTTPResponse, on connection: OpaquePointer, from exchange: Exchange?, closes: Bool
    ) -> MHD_Result {
        guard let made = make(response.body, exchange) else { return .NO }
        defer { MHD_destroy_response(made) }
        for (name, value) in response.headers.fields where !isServersOwn(name) {
            // A value with a line break is refused by the library: it would begin another field, or another answer.
            MHD_add_response_header(made, name, value)
        }
        if closes { MHD_add_response_header(made, "Connection", "close") }
        return MHD_queue_response(connection, UInt32(clamping: response.status), made)
    }

    private static func make(_ body: ResponseBody, _ exchange: Exchange?) -> OpaquePointer? {
        switch body {
        case .bytes(let bytes):
            bytes.withUnsafeBytes { bytes in
                MHD_create_response_from_buffer(
                    bytes.count, UnsafeMutableRawPointer(mutating: bytes.baseAddress), .RESPMEM_MUST_COPY)
            }
        case .file(let file, let offset, let count): makeFile(file, offset, count)
        case .stream: exchange.flatMap(makeStream)
        }
    }

    private static func makeFile(_ file: any ResponseFile, _ offset: Int, _ count: Int) -> OpaquePointer? {
        // The library closes the descriptor it is given, at a time of its own: so it gets one of its own.
        let descriptor = fcntl(file.descriptor, F_DUPFD_CLOEXEC, 0)
        guard descriptor >= 0, offset >= 0, count >= 0 else { return nil }
        guard let made = MHD_create_response_from_fd_at_offset64(UInt64(count), descriptor, UInt64(offset)) else {
            close(descriptor)
            return nil
        }
        return made
    }

    private static func makeStream(_ exchange: Exchange) -> OpaquePointer? {
        let made = MHD_create_response_from_callback(
            UInt64.max, 16 << 10,
            { exchange, _, destination, capacity in
                guard let exchange, let destination else { return -2 }
                let source = Unmanaged<Exchange>.fromOpaque(exchange).takeUnretainedValue()
                switch source.pull(into: destination, capacity: capacity) {
                case .bytes(let count): return count
                case .nothingYet: return 0
                case .end: return -1
                case .failed:
                    // Told of the failure (-2), this version of the library forgets to close the connection. A byte that
                    // cannot be sent, because the connection is shut down before, makes it do so.
                    source.client.shutDown()
                    destination.pointee = 0
                    return 1
                }
            },
            Unmanaged.passRetained(exchange).toOpaque(),
            { exchange in exchange.map { Unmanaged<Exchange>.fromOpaque($0).release() } })
        // This version of the library sends the last chunk of a chunked body even where there is no body.
        if exchange.head.method == "HEAD" { atelier_mhd_end_with_connection(made) }
        return made
    }

    /// The answer as it goes over the wire, with the end of the connection announced.
    static func serialized(_ response: HTTPResponse) -> [UInt8] {
        guard case .bytes(let body) = response.body else { return [] }
        let reason =
            MHD_get_reason_phrase_for(UInt32(clamping: response.status)).map { String(cString: $0) } ?? "Unknown"
        var head = "HTTP/1.1 \(response.status) \(reason)\r\nDate: \(dateNow())\r\nConnection: close\r\n"
        for (name, value) in response.headers.fields where !isServersOwn(name) {
            guard !value.utf8.contains(where: { $0 == 13 || $0 == 10 }) else { continue }
            head += "\(name): \(value)\r\n"
        }
        return Array("\(head)Content-Length: \(body.count)\r\n\r\n".utf8) + body
    }

    private static func isServersOwn(_ name: String) -> Bool {
        switch name.utf8.count {
        case 4: name.lowercased() == "date"
        case 10: name.lowercased() == "connection"
        case 14: name.lowercased() == "content-length"
        case 17: name.lowercased() == "transfer-encoding"
        default: false
        }
    }

    /// The time in the form of RFC 9110 section 5.6.7: `Sun, 06 Nov 1994 08:49:37 GMT`.
    private static func dateNow() -> String {
        var now = time(nil)
        var parts = tm()
        gmtime_r(&now, &parts)
        var text = [CChar](repeating: 0, count: 40)
        let count = strftime(&text, text.count, "%a, %d %b %Y %H:%M:%S GMT", &parts)
        return String(decoding: text.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
