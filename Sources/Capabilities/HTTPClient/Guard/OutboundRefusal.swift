/// Why a request may not leave.
///
/// The one who chose the URL has to change it, or the operator the settings; trying again does not help.
public enum OutboundRefusal: Error, Equatable, Sendable {
    /// Nobody can say for sure where it would go; in words what to change.
    case malformed(String)
    /// Neither `http` nor `https`.
    case scheme(String)
    /// A name or password in the URL.
    case userInformation
    /// Not a port of web servers.
    case port(Int)
    /// The host is, or resolves to, an address that is not on the internet.
    case address(AddressKind)
    /// `ATELIER_EGRESS` is `allow-list` and the host is not on it.
    case notAllowed(host: String)
    /// `ATELIER_EGRESS` is `offline`.
    case offline
    /// A proxy would choose the address, where nobody here can see it.
    case behindProxy(host: String)
    /// From `https` a redirect leads to `http`.
    case downgrade
    /// A header field that this client writes itself, or whose text would begin another one.
    case header(name: String)

    /// One sentence for the one who chose the URL; it names no address that the host resolved to.
    public var message: String {
        switch self {
        case .malformed(let why): "The URL cannot be used: \(why)."
        case .scheme: "The URL must begin with http:// or https://."
        case .userInformation: "The URL must not hold a user name or password."
        case .port(let port): "Port \(port) cannot be used; use 80, 443 or one above 1023."
        case .address: "The host is not on the public internet."
        case .notAllowed(let host): "The host \(host) is not on this server's list of allowed hosts."
        case .offline: "This server makes no requests to other hosts."
        case .behindProxy(let host): "The host \(host) cannot be reached from this server."
        case .downgrade: "The host redirects from https to http, which is not followed."
        case .header(let name): "The header field \(name) cannot be sent."
        }
    }
}
