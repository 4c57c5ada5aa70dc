/// Where a channel leads, and how it is secured.
public struct ChannelConfiguration: Sendable {
    /// Encryption of the connection.
    public struct TLS: Sendable {
        /// A PEM file of authorities to trust; nil for the system's.
        public var authorities: String?
        /// A PEM file with the client's certificate chain, for mutual TLS.
        public var certificate: String?
        /// A PEM file with its private key.
        public var key: String?
        /// The name the server's certificate must carry; nil for the host.
        public var serverName: String?

        /// Creates settings; by default the system's authorities and no client certificate.
        public init(
            authorities: String? = nil, certificate: String? = nil, key: String? = nil, serverName: String? = nil
        ) {
            self.authorities = authorities
            self.certificate = certificate
            self.key = key
            self.serverName = serverName
        }
    }

    /// A name or an address.
    public var host: String
    /// The TCP port.
    public var port: Int
    /// Nil for plain text.
    public var tls: TLS?
    /// Header fields of every call, such as `authorization`.
    public var metadata: Metadata
    /// The largest answer that is taken, in bytes: what Temporal's own servers and SDKs take of each other.
    public var maximumAnswer = 128 << 20
    /// How many calls may be under way or wait at once; further ones are refused.
    public var maximumCalls = 20_000
    /// How many connections may be open, where the server or a proxy allows only so many calls on each.
    public var maximumConnections = 8
    /// How long a connection may take to open.
    public var connectTimeout: Duration = .seconds(5)
    /// After how much silence an open connection is asked for a sign of life.
    public var pingAfter: Duration = .seconds(30)
    /// How long the answer to that may take.
    public var pingTimeout: Duration = .seconds(15)

    /// Creates a configuration.
    public init(host: String, port: Int, tls: TLS? = nil, metadata: Metadata = Metadata([])) {
        self.host = host
        self.port = port
        self.tls = tls
        self.metadata = metadata
    }

    /// What the server is called in requests.
    var authority: String {
        if let name = tls?.serverName { return name }
        return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}

/// Header fields of a call; their values are secrets and do not show, printed, dumped or reflected.
public struct Metadata: Sendable, CustomStringConvertible, CustomReflectable {
    let fields: [(name: String, value: String)]

    /// Keeps fields; their names are in lower case, their values visible ASCII.
    public init(_ fields: [(name: String, value: String)]) { self.fields = fields }

    /// The names alone.
    public var description: String { fields.map { $0.name + ": (hidden)" }.joined(separator: ", ") }
    /// Nothing to see.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
