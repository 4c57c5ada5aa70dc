import Glibc

/// One kept-alive HTTP/1.1 connection with blocking calls, for load: as little work of its own as possible, since it
/// shares the machine with what it measures.
///
/// It understands what Atelier sends: a status line, `Content-Length`, and a body of that length.
final class LoadConnection {
    private let descriptor: Int32
    private var buffer = [UInt8](repeating: 0, count: 64 * 1024)

    /// Connects.
    /// - Throws: ``LoadFault/unreachable(_:)``.
    init(host: String, port: Int) throws(LoadFault) {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &found) == 0, let address = found else {
            throw .unreachable("\(host):\(port) has no address")
        }
        defer { freeaddrinfo(found) }
        descriptor = socket(address.pointee.ai_family, address.pointee.ai_socktype, address.pointee.ai_protocol)
        var one: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
        var limit = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        // `deinit` closes it then, too.
        guard connect(descriptor, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0 else {
            throw .unreachable("nothing answers on \(host):\(port)")
        }
    }

    deinit { close(descriptor) }

    /// Sends `request`, whole as it goes over the wire, and waits for the answer.
    func exchange(_ request: [UInt8]) throws(LoadFault) -> LoadAnswer {
        var sent = 0
        while sent < request.count {
            let count = request.withUnsafeBytes { bytes in
                bytes.baseAddress.map { send(descriptor, $0 + sent, bytes.count - sent, Int32(MSG_NOSIGNAL)) } ?? 0
            }
            guard count > 0 else { throw .broken("the server closed the connection while a request was sent") }
            sent += count
        }
        return try receive()
    }

    private func receive() throws(LoadFault) -> LoadAnswer {
        var filled = 0
        while true {
            filled += try read(at: filled)
            guard let head = headEnd(filled) else { continue }
            let length = contentLength(head)
            while filled < head + length { filled += try read(at: filled) }
            return LoadAnswer(status: status(), body: Array(buffer[head..<(head + length)]))
        }
    }

    private func read(at offset: Int) throws(LoadFault) -> Int {
        if offset == buffer.count { buffer.append(contentsOf: repeatElement(0, count: buffer.count)) }
        let count = buffer.withUnsafeMutableBytes { bytes in
            bytes.baseAddress.map { recv(descriptor, $0 + offset, bytes.count - offset, 0) } ?? 0
        }
        guard count > 0 else { throw .broken("the server closed the connection or was silent for 30 s") }
        return count
    }

    private func headEnd(_ filled: Int) -> Int? {
        guard filled >= 4 else { return nil }
        return buffer.withUnsafeBytes { bytes in
            (3..<filled).first {
                bytes[$0] == 10 && bytes[$0 - 1] == 13 && bytes[$0 - 2] == 10 && bytes[$0 - 3] == 13
            }.map { $0 + 1 }
        }
    }

    private func status() -> Int {
        buffer[9..<12].reduce(0) { $0 * 10 + Int($1) - 48 }
    }

    private func contentLength(_ head: Int) -> Int {
        let name = Array("content-length:".utf8)
        let fields = buffer[..<head].split(separator: 10)
        for field in fields where field.count > name.count {
            if zip(field, name).allSatisfy({ $0 | 0x20 == $1 | 0x20 }) {
                let digits = field.dropFirst(name.count).filter { (48...57).contains($0) }
                return digits.reduce(0) { $0 * 10 + Int($1) - 48 }
            }
        }
        return 0
    }
}

/// What came back.
struct LoadAnswer {
    let status: Int
    let body: [UInt8]
}

/// Why a measurement cannot be taken.
enum LoadFault: Error {
    case unreachable(String)
    case broken(String)
    case refused(status: Int, body: String)

    var message: String {
        switch self {
        case .unreachable(let what): "\(what); start the server first (./start.sh), or name it with --url"
        case .broken(let what): what
        case .refused(let status, let body): "the server answered \(status): \(body)"
        }
    }
}
