import Glibc

/// A socket address as the resolver gave it.
struct Address: Sendable {
    let family: Int32
    let bytes: [UInt8]

    /// Looks a host up; blocks.
    /// - Returns: Every address, in the order in which they should be tried.
    static func resolve(_ host: String, port: Int) -> Result<[Address], ResolverFault> {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let result = getaddrinfo(host, String(port), &hints, &list)
        guard result == 0 else { return .failure(ResolverFault(reason: String(cString: gai_strerror(result)))) }
        defer { freeaddrinfo(list) }
        let addresses = sequence(first: list) { $0?.pointee.ai_next }.prefix { $0 != nil }.compactMap { entry in
            entry.map { entry in
                Address(
                    family: entry.pointee.ai_family,
                    bytes: Array(
                        UnsafeRawBufferPointer(start: entry.pointee.ai_addr, count: Int(entry.pointee.ai_addrlen))))
            }
        }
        return .success(addresses)
    }

    /// Begins to connect, without waiting.
    /// - Returns: The socket.
    func connect() -> Result<Int32, SocketFault> {
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(family, kind, 0)
        guard descriptor >= 0 else { return .failure(SocketFault(errno)) }
        var one: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, 4)
        let result = bytes.withUnsafeBytes { raw in
            raw.baseAddress.map {
                Glibc.connect(descriptor, $0.assumingMemoryBound(to: sockaddr.self), socklen_t(raw.count))
            } ?? -1
        }
        guard result == 0 || errno == EINPROGRESS else {
            let fault = SocketFault(errno)
            close(descriptor)
            return .failure(fault)
        }
        return .success(descriptor)
    }
}

/// A host has no address.
struct ResolverFault: Error {
    let reason: String
}

/// What the system says of a socket.
struct SocketFault: Error {
    let reason: String
    init(_ code: Int32) { reason = String(cString: strerror(code)) }
}
