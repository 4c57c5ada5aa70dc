/// Where requests may go: the operator's settings as rules.
///
/// A URL is asked about twice: when it is known (``check(_:trust:)``), and again with the very address that is about to
/// be connected (``check(_:of:trust:)``), so that a name that changes its address in between gains nothing.
public struct Egress: Sendable, Equatable {
    /// How much may leave.
    public enum Mode: String, Sendable, CaseIterable {
        /// Every public host, and what the list names.
        case open
        /// Only what the list names.
        case allowList = "allow-list"
        /// Nothing, but the operator's own services on this machine.
        case offline
    }

    /// How much may leave.
    public var mode: Mode
    /// Hosts that may be reached although they are not public, or although nothing else may.
    public var allowed: [EgressRule]
    /// Through which requests leave, as a URL; nil for none.
    public var proxy: String?

    /// Creates the rules.
    public init(mode: Mode = .open, allowed: [EgressRule] = [], proxy: String? = nil) {
        self.mode = mode
        self.allowed = allowed
        self.proxy = proxy
    }

    /// Refuses a URL of which it is plain that it must not be reached.
    /// - Throws: ``OutboundRefusal``.
    public func check(_ url: OutboundURL, trust: Trust) throws(OutboundRefusal) {
        if case .address(let address) = url.host { try check(address, of: url, trust: trust) }
        guard trust == .guarded else { return }
        if mode == .offline { throw .offline }
        let isNamed = allowed.contains { $0.covers(url) }
        if isNamed { return }
        guard url.port == 80 || url.port == 443 || url.port > 1023 else { throw .port(url.port) }
        if proxy != nil { throw .behindProxy(host: "\(url.host)") }
        if mode == .allowList, !allowed.contains(where: \.isAboutAddresses) { throw .notAllowed(host: "\(url.host)") }
        if case .name(let name) = url.host, Self.isLocal(name) { throw .address(.private) }
    }

    /// Refuses the address that the host of `url` turned out to have.
    /// - Throws: ``OutboundRefusal``.
    public func check(_ address: IPAddress, of url: OutboundURL, trust: Trust) throws(OutboundRefusal) {
        let kind = AddressKind(address)
        if mode == .offline, trust == .guarded || kind != .loopback { throw .offline }
        if trust == .trusted || allowed.contains(where: { $0.covers(address, port: url.port) }) { return }
        if allowed.contains(where: { $0.covers(url) }) {
            // Who lists a name means a machine of theirs, never the link where clouds keep their credentials.
            guard kind == .public || kind == .private || kind == .loopback else { throw .address(kind) }
            return
        }
        if mode == .allowList { throw .notAllowed(host: "\(url.host)") }
        guard kind == .public else { throw .address(kind) }
    }

    /// Names that never are on the internet (RFC 6761, RFC 6762, RFC 8375): refused without asking for their address.
    private static func isLocal(_ name: String) -> Bool {
        guard name.contains(".") else { return true }
        return ["localhost", "local", "internal", "invalid", "test", "home.arpa"].contains { name.hasSuffix("." + $0) }
    }
}

/// Who chose the URL of a request.
public enum Trust: String, Sendable, CaseIterable {
    /// Somebody outside: only public hosts, and what the operator lists.
    case guarded
    /// The operator, in a setting: any host.
    case trusted
}
