import Concurrency
import GRPCClient
import Glibc
public import Settings

extension TemporalCluster {
    /// The namespace that the settings name, over a channel as they describe it; nothing is called yet.
    ///
    /// - Parameters:
    ///   - settings: Must have read ``TemporalSettings/all``.
    ///   - identity: Who this process is, as Temporal's tools show it.
    /// - Throws: `ConfigurationError` with every fault: settings that contradict each other, files that cannot be used.
    public init(settings: Configuration, identity: String = Self.processIdentity) throws(ConfigurationError) {
        let channel = try GRPCChannel.temporal(settings)
        self.init(channel: channel, namespace: settings[TemporalSettings.namespace], identity: identity)
    }

    /// This process in Temporal's usual form: `4711@host`.
    public static let processIdentity = "\(getpid())@\(HostName.current)"
}

extension GRPCChannel {
    fileprivate static func temporal(_ settings: Configuration) throws(ConfigurationError) -> GRPCChannel {
        let faults = contradictions(in: settings) + unreadableFiles(of: settings)
        guard faults.isEmpty else { throw ConfigurationError(faults: faults) }
        do throws(TLSFault) { return try GRPCChannel(configuration(settings)) } catch {
            throw ConfigurationError(faults: ["TEMPORAL_TLS_CA, TEMPORAL_TLS_CERT, TEMPORAL_TLS_KEY: \(error)"])
        }
    }

    private static func contradictions(in settings: Configuration) -> [String] {
        let (certificate, key) = (settings[TemporalSettings.certificate], settings[TemporalSettings.key])
        var faults: [String] = []
        if certificate != nil, key == nil {
            faults.append("TEMPORAL_TLS_CERT is set without TEMPORAL_TLS_KEY; give the certificate's private key")
        }
        if certificate == nil, key != nil {
            faults.append("TEMPORAL_TLS_KEY is set without TEMPORAL_TLS_CERT; give the key's certificate")
        }
        guard !settings[TemporalSettings.tls] else { return faults }
        if settings[TemporalSettings.apiKey] != nil {
            faults.append("TEMPORAL_API_KEY would be sent in clear text; remove it or TEMPORAL_TLS=false")
        }
        for setting in [TemporalSettings.authorities, TemporalSettings.certificate, TemporalSettings.serverName]
        where settings[setting] != nil {
            faults.append("\(setting.name) has no meaning without TLS; remove it or TEMPORAL_TLS=false")
        }
        return faults
    }

    private static func unreadableFiles(of settings: Configuration) -> [String] {
        [TemporalSettings.authorities, TemporalSettings.certificate, TemporalSettings.key].compactMap { setting in
            guard let path = settings[setting], access(path, R_OK) != 0 else { return nil }
            return "\(setting.name) names a file that cannot be read: \(String(cString: strerror(errno)))"
        }
    }

    private static func configuration(_ settings: Configuration) -> ChannelConfiguration {
        let address = settings[TemporalSettings.address]
        // Shared frontends route by the namespace before they look into the request.
        var metadata = [(name: "temporal-namespace", value: settings[TemporalSettings.namespace])]
        if let key = settings[TemporalSettings.apiKey] { metadata.append(("authorization", "Bearer " + key.expose())) }
        return ChannelConfiguration(
            host: address.host, port: address.port, tls: settings[TemporalSettings.tls] ? tls(settings) : nil,
            metadata: Metadata(metadata))
    }

    private static func tls(_ settings: Configuration) -> ChannelConfiguration.TLS {
        ChannelConfiguration.TLS(
            authorities: settings[TemporalSettings.authorities], certificate: settings[TemporalSettings.certificate],
            key: settings[TemporalSettings.key], serverName: settings[TemporalSettings.serverName])
    }
}
