// The library's header brings in the socket structures, and a release build finds them there.
import CMicrohttpd
import Glibc

/// A bound, listening TCP socket, opened here rather than by the library so that a failure has a reason and the port
/// that the system chose is known.
struct ListenSocket {
    let descriptor: Int32
    let port: Int

    /// Binds and listens; blocks while a host name is looked up.
    init(host: String, port: Int) throws(ServerError) {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &found) == 0, let address = found?.pointee else {
            throw .unknownHost(host)
        }
        defer { freeaddrinfo(found) }
        let descriptor = socket(address.ai_family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw ServerError(errno: errno, host: host, port: port) }
        do throws(ServerError) {
            self.port = try Self.listen(descriptor, at: address, host: host, port: port)
            self.descriptor = descriptor
        } catch {
            close(descriptor)
            throw error
        }
    }

    private static func listen(
        _ descriptor: Int32, at address: addrinfo, host: String, port: Int
    ) throws(ServerError) -> Int {
        var on: Int32 = 1
        // A restart must not wait for the last connections of the previous run to be forgotten.
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        let flags = fcntl(descriptor, F_GETFL)
        guard bind(descriptor, address.ai_addr, address.ai_addrlen) == 0, Glibc.listen(descriptor, 1024) == 0,
            fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0
        else { throw ServerError(errno: errno, host: host, port: port) }
        return portNumber(of: descriptor)
    }

    private static func portNumber(of descriptor: Int32) -> Int {
        var address = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &address) { storage in
            storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = getsockname(descriptor, $0, &length) }
            // The port is at the same place in IPv4's and IPv6's structure.
            return storage.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                Int(UInt16(bigEndian: $0.pointee.sin_port))
            }
        }
    }
}

/// The numeric form of a peer's address; IPv4 over an IPv6 socket reads as IPv4.
func addressText(_ address: UnsafePointer<sockaddr>?) -> String {
    guard let address else { return "unknown" }
    let isIPv6 = Int32(address.pointee.sa_family) == AF_INET6
    let length = isIPv6 ? MemoryLayout<sockaddr_in6>.size : MemoryLayout<sockaddr_in>.size
    var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
    guard getnameinfo(address, socklen_t(length), &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0 else {
        return "unknown"
    }
    let name = text.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } } ?? "unknown"
    return name.hasPrefix("::ffff:") ? String(name.dropFirst(7)) : name
}
