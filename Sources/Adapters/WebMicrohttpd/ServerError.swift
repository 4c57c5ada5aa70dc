import Glibc

/// Why the server could not start; the operator's move in every case.
public enum ServerError: Error, Equatable, CustomStringConvertible {
    /// The host is neither an address of this machine nor a name of one.
    case unknownHost(String)
    /// Another program, or another copy of this one, listens there.
    case addressInUse(host: String, port: Int)
    /// Ports under 1024 need a privilege.
    case notPermitted(host: String, port: Int)
    /// The system refused a socket or the server's threads.
    case noResources(String)

    /// What happened and what to change.
    public var description: String {
        switch self {
        case .unknownHost(let host):
            "cannot listen on \(host): it is no address of this machine; set the host to 127.0.0.1, 0.0.0.0 or ::"
        case .addressInUse(let host, let port):
            "cannot listen on \(host) port \(port): something listens there already; stop it or set another port"
        case .notPermitted(let host, let port):
            "cannot listen on \(host) port \(port): not permitted; set a port of 1024 or more"
        case .noResources(let reason):
            "cannot start the server: \(reason); check the limits on open files and threads"
        }
    }

    init(errno code: Int32, host: String, port: Int) {
        switch code {
        case EADDRINUSE: self = .addressInUse(host: host, port: port)
        case EACCES, EPERM: self = .notPermitted(host: host, port: port)
        case EADDRNOTAVAIL: self = .unknownHost(host)
        default: self = .noResources(String(cString: strerror(code)))
        }
    }
}
