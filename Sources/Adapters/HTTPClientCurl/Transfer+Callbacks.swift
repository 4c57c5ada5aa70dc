import CCurl
import Glibc
import HTTPClient

// What libcurl calls; each returns what libcurl takes for success, a pause or a failure.

func onHead(_ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?)
    -> Int
{
    guard let bytes, let context else { return 0 }
    let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
    return Transfer.of(context: context).receiveHead(line) ? line.count : 0
}

func onBody(_ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?)
    -> Int
{
    guard let bytes, let context else { return 0 }
    let piece = UnsafeRawBufferPointer(start: bytes, count: size * count)
    return switch Transfer.of(context: context).receive(piece) {
    case .taken: piece.count
    case .full: Int(atelier_curl_pause_write)
    case .tooLarge: 0
    }
}

func onOpen(
    _ context: UnsafeMutableRawPointer?, _ purpose: curlsocktype, _ address: UnsafeMutablePointer<curl_sockaddr>?
) -> curl_socket_t {
    guard let context, let address, Transfer.of(context: context).admits(address) else {
        return atelier_curl_no_socket
    }
    let type = address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue)
    return socket(address.pointee.family, type, address.pointee.protocol)
}

func onBegin(
    _ context: UnsafeMutableRawPointer?, _ remote: UnsafeMutablePointer<CChar>?, _ local: UnsafeMutablePointer<CChar>?,
    _ remotePort: Int32, _ localPort: Int32
) -> Int32 {
    guard let context, let remote, Transfer.of(context: context).begins(with: String(cString: remote)) else {
        return CURL_PREREQFUNC_ABORT
    }
    return CURL_PREREQFUNC_OK
}

func onRead(_ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?)
    -> Int
{
    guard let bytes, let context else { return Int(atelier_curl_abort_read) }
    let transfer = Transfer.of(context: context)
    switch transfer.feed?.take(into: UnsafeMutableRawBufferPointer(start: bytes, count: size * count)) {
    case .bytes(let count): return count
    case .nothing: return Int(atelier_curl_pause_read)
    case .end, nil: return 0
    case .failed(let cause):
        transfer.reason = .badBody(cause: cause)
        return Int(atelier_curl_abort_read)
    }
}

func onSeek(_ context: UnsafeMutableRawPointer?, _ offset: curl_off_t, _ origin: Int32) -> Int32 {
    guard let context, offset == 0, origin == SEEK_SET, Transfer.of(context: context).feed?.rewind() == true else {
        return CURL_SEEKFUNC_FAIL
    }
    return CURL_SEEKFUNC_OK
}

extension Transfer {
    /// Whether a connection to `address` may be opened.
    func admits(_ address: UnsafeMutablePointer<curl_sockaddr>) -> Bool {
        // Behind a proxy this is the proxy's; whoever may use it was checked by name.
        if egress.proxy != nil { return true }
        guard let ip = IPAddress(address) else {
            refusal = .malformed("its host has an address of an unknown kind")
            return false
        }
        return admits(ip)
    }

    private func admits(_ address: IPAddress) -> Bool {
        do throws(OutboundRefusal) {
            try egress.check(address, of: url, trust: policy.trust)
            return true
        } catch {
            refusal = error
            return false
        }
    }

    /// Whether the request may be sent on the connection that libcurl chose, new or kept.
    func begins(with remote: String) -> Bool {
        if egress.proxy == nil {
            // Without its zone, which is no part of the address.
            guard let address = IPAddress(remote.prefix { $0 != "%" }), admits(address) else { return false }
        }
        refusal = nil
        hasBegun = true
        return true
    }

    /// Takes a line of the head; false when it is too long or no HTTP.
    func receiveHead(_ line: UnsafeRawBufferPointer) -> Bool {
        headSize += line.count
        guard headSize <= policy.maximumHeaderSize else {
            reason = .badAnswer(cause: "its header fields are longer than \(policy.maximumHeaderSize) bytes")
            return false
        }
        let text = String(decoding: line, as: UTF8.self).filter { $0 != "\r\n" && $0 != "\n" && $0 != "\r" }
        if text.hasPrefix("HTTP/") {
            head = Exchange.Head(status: text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0)
        } else if text.isEmpty {
            // 1xx is followed by another head, a body's trailers by nothing.
            if head.status >= 200 { exchange.begin(head) }
        } else if let colon = text.firstIndex(of: ":") {
            let value = text[text.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
            head.headers.add(String(text[..<colon]), String(value))
        }
        return true
    }

    enum Receipt { case taken, full, tooLarge }

    /// Takes a piece of the body.
    func receive(_ piece: UnsafeRawBufferPointer) -> Receipt {
        guard bodySize + piece.count <= policy.maximumBodySize else {
            reason = .tooLarge(limit: policy.maximumBodySize)
            return .tooLarge
        }
        guard exchange.offer(piece) else { return .full }
        bodySize += piece.count
        return .taken
    }
}

extension IPAddress {
    fileprivate init?(_ address: UnsafeMutablePointer<curl_sockaddr>) {
        // Where the bytes begin in sockaddr_in and sockaddr_in6.
        let place: (offset: Int, count: Int)
        switch address.pointee.family {
        case AF_INET: place = (4, 4)
        case AF_INET6: place = (8, 16)
        default: return nil
        }
        guard Int(address.pointee.addrlen) >= place.offset + place.count, let bytes = atelier_curl_address(address)
        else {
            return nil
        }
        self.init(bytes: Array(UnsafeBufferPointer(start: bytes + place.offset, count: place.count)))
    }
}
