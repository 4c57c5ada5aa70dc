/// An entry of `ATELIER_EGRESS_ALLOW`: hosts that may be reached although they are not on the internet.
public struct EgressRule: Hashable, Sendable {
    private enum Hosts: Hashable {
        case name(String)
        /// The domain's own hosts, not the domain.
        case below(String)
        case range(AddressRange)
    }
    private let hosts: Hosts
    private let port: Int?

    /// Reads `hooks.example.com`, `*.example.com`, `10.0.0.0/8`, `192.168.1.7`, or any of the first, second and last
    /// with `:PORT`; nil for anything else.
    public init?(_ text: String) {
        if let range = AddressRange(text) {
            (hosts, port) = (.range(range), nil)
            return
        }
        var host = text[...]
        var port: Int?
        let isBracketed = text.hasPrefix("[") && text.hasSuffix("]")
        if !isBracketed, let colon = text.lastIndex(of: ":") {
            guard let number = Int(text[text.index(after: colon)...]), (1...65535).contains(number) else { return nil }
            (host, port) = (text[..<colon], number)
        }
        let isWild = host.hasPrefix("*.")
        // A host that cannot be read is no rule; the caller says what may be written.
        guard let parsed = try? OutboundHost(isWild ? host.dropFirst(2) : host) else { return nil }
        switch parsed {
        case .name(let name): hosts = isWild ? .below(name) : .name(name)
        case .address(let address):
            guard !isWild, let range = AddressRange("\(address)") else { return nil }
            hosts = .range(range)
        }
        self.port = port
    }

    /// Whether it names the host of `url` itself.
    func covers(_ url: OutboundURL) -> Bool {
        guard port == nil || port == url.port else { return false }
        return switch (hosts, url.host) {
        case (.name(let name), .name(let host)): host == name
        case (.below(let domain), .name(let host)): host.hasSuffix("." + domain)
        case (.range(let range), .address(let address)): range.contains(address)
        default: false
        }
    }

    /// Whether it names `address`, whatever host it was found under.
    func covers(_ address: IPAddress, port: Int) -> Bool {
        guard self.port == nil || self.port == port, case .range(let range) = hosts else { return false }
        return range.contains(address)
    }

    /// Whether it is about addresses, so that only a connection can tell whether a name is covered.
    var isAboutAddresses: Bool { if case .range = hosts { true } else { false } }
}

extension EgressRule: CustomStringConvertible {
    /// In the form in which it may be written.
    public var description: String {
        let host: String =
            switch hosts {
            case .name(let name): name
            case .below(let domain): "*." + domain
            case .range(let range): port == nil ? range.description : OutboundHost.address(range.network).description
            }
        return host + (port.map { ":\($0)" } ?? "")
    }
}
