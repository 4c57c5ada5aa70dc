public import Settings

/// Where Temporal is, and how to reach it.
public enum TemporalSettings {
    /// The frontend's address.
    public static let address = Setting(
        "TEMPORAL_ADDRESS", .temporalAddress, default: TemporalAddress(host: "localhost", port: 7233),
        meaning: "The Temporal frontend: HOST:PORT.")

    /// The namespace.
    public static let namespace = Setting(
        "TEMPORAL_NAMESPACE", .text, default: "default",
        meaning: "The Temporal namespace that the workflows live in; it must exist.")

    /// Who we are, as a key.
    public static let apiKey = Setting(
        "TEMPORAL_API_KEY", .optional(.headerSecret), default: nil,
        meaning: "The API key that is shown to Temporal, only ever over TLS.")

    /// Whether connections are encrypted.
    public static let tls = Setting(
        "TEMPORAL_TLS", .boolean, defaultFrom: "true with TEMPORAL_API_KEY or any of TEMPORAL_TLS_*, else false",
        meaning: "Whether Temporal is reached over TLS."
    ) { try $0[apiKey] != nil || $0[authorities] != nil || $0[certificate] != nil || $0[serverName] != nil }

    /// Whom to believe.
    public static let authorities = Setting(
        "TEMPORAL_TLS_CA", .optional(.path), default: nil,
        meaning: "Certificate authorities that may vouch for Temporal instead of the system's, a PEM file.")

    /// Who we are, as a certificate.
    public static let certificate = Setting(
        "TEMPORAL_TLS_CERT", .optional(.path), default: nil,
        meaning: "The client certificate with its chain for mutual TLS, a PEM file.")

    /// What proves it.
    public static let key = Setting(
        "TEMPORAL_TLS_KEY", .optional(.path), default: nil,
        meaning: "The private key of TEMPORAL_TLS_CERT, a PEM file without a passphrase.")

    /// Whom we mean.
    public static let serverName = Setting(
        "TEMPORAL_TLS_SERVER_NAME", .optional(.text), default: nil,
        meaning: "The name that Temporal's certificate must carry, where it is not the host of TEMPORAL_ADDRESS.")

    /// Which workers replace one another.
    public static let deployment = Setting(
        "TEMPORAL_DEPLOYMENT", .text, default: "atelier",
        meaning: "The name under which Temporal's tools list the workers that replace one another.")

    /// Which code a worker runs.
    public static let buildID = Setting(
        "TEMPORAL_BUILD_ID", .optional(.text), default: nil,
        meaning: "What tells this build of the program from others; the program's version otherwise.")

    /// What becomes of runs when the build changes.
    public static let versioning = Setting(
        "TEMPORAL_VERSIONING", .choice(["none", "pinned", "auto-upgrade"]), default: "none",
        meaning: "Whether a job ends on the build that began it (pinned) or moves to the current one (auto-upgrade).")

    /// All of them.
    public static let all: [any SettingDeclaration] = [
        address, namespace, apiKey, tls, authorities, certificate, key, serverName, deployment, buildID,
        versioning,
    ]
}

/// Where a Temporal frontend listens.
public struct TemporalAddress: Sendable, Equatable, CustomStringConvertible {
    /// A name or an address, without brackets.
    public let host: String
    /// The TCP port.
    public let port: Int

    /// Creates an address.
    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Reads `HOST:PORT` or `[2001:db8::1]:PORT`; nil for anything else.
    public init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (1...65535).contains(port)
        else { return nil }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        guard !host.isEmpty, !host.contains(where: { $0 == "/" || $0.isWhitespace }) else { return nil }
        self.init(host: String(host), port: port)
    }

    /// As it is written in settings.
    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

extension SettingKind where Value == TemporalAddress {
    /// A host and a port.
    static let temporalAddress = SettingKind(
        accepted: "HOST:PORT",
        parse: { text throws(SettingRefusal) in
            guard let address = TemporalAddress(text) else { throw SettingRefusal("is not HOST:PORT") }
            return address
        }, show: \.description)
}

extension SettingKind where Value == Secret {
    /// What a header field can carry: a line break in it would begin a field of its own.
    static let headerSecret = SettingKind(
        accepted: "a secret of visible ASCII characters", isSecret: true,
        parse: { text throws(SettingRefusal) in
            guard text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
                throw SettingRefusal("holds white space or characters beyond ASCII")
            }
            return Secret(text)
        }, show: \.description)
}
