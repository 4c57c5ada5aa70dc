import AtelierTesting
import Foundation
import GRPCClient
import Settings
import Testing
import WorkflowsTemporal

@Suite struct `The settings of Temporal` {
    private func read(_ environment: [String: String]) throws -> Configuration {
        try Configuration(TemporalSettings.all, environment: environment)
    }

    private func faults(_ environment: [String: String]) throws -> [String] {
        let settings = try read(environment)
        do throws(ConfigurationError) { _ = try TemporalCluster(settings: settings) } catch { return error.faults }
        return []
    }

    @Test func `lead to a local server in clear text by default`() throws {
        let settings = try read([:])

        #expect(settings[TemporalSettings.address] == TemporalAddress(host: "localhost", port: 7233))
        #expect(settings[TemporalSettings.namespace] == "default")
        #expect(!settings[TemporalSettings.tls])
        #expect(try faults([:]).isEmpty)
    }

    @Test(arguments: [
        ("temporal.example.com:7233", "temporal.example.com", 7233), ("127.0.0.1:1", "127.0.0.1", 1),
        ("[2001:db8::1]:7233", "2001:db8::1", 7233),
    ])
    func `take a host and a port`(_ text: String, host: String, port: Int) throws {
        let settings = try read(["TEMPORAL_ADDRESS": text])

        #expect(settings[TemporalSettings.address] == TemporalAddress(host: host, port: port))
        #expect(settings.entries.first { $0.name == "TEMPORAL_ADDRESS" }?.value == text)
    }

    @Test(arguments: ["temporal", "temporal:", ":7233", "h:0", "h:65536", "http://h:7233", "2001:db8::1:7233", "a b:7"])
    func `refuse an address that is not one`(_ text: String) {
        #expect(throws: ConfigurationError.self) { _ = try read(["TEMPORAL_ADDRESS": text]) }
    }

    @Test(arguments: ["TEMPORAL_API_KEY", "TEMPORAL_TLS_CA", "TEMPORAL_TLS_CERT", "TEMPORAL_TLS_SERVER_NAME"])
    func `encrypt by themselves as soon as anything calls for it`(_ name: String) throws {
        #expect(try read([name: "something"])[TemporalSettings.tls])
    }

    @Test func `refuse to send an API key in clear text, without repeating it`() throws {
        let faults = try faults(["TEMPORAL_API_KEY": "key-4711", "TEMPORAL_TLS": "false"])

        #expect(faults == ["TEMPORAL_API_KEY would be sent in clear text; remove it or TEMPORAL_TLS=false"])
    }

    @Test func `refuse an API key that would begin a header field of its own`() {
        #expect(throws: ConfigurationError.self) { _ = try read(["TEMPORAL_API_KEY": "key\r\nauthority: x"]) }
    }

    @Test func `never show an API key`() throws {
        let settings = try read(["TEMPORAL_API_KEY": "key-4711"])
        let cluster = try TemporalCluster(settings: settings)

        var dumped = ""
        dump(cluster, to: &dumped)
        #expect(!dumped.contains("key-4711"))
        #expect(!"\(settings.entries)".contains("key-4711"))
    }

    @Test func `name every fault at once`() throws {
        let faults = try faults([
            "TEMPORAL_TLS": "no", "TEMPORAL_TLS_CA": "/nowhere/ca.pem", "TEMPORAL_TLS_KEY": "/nowhere/key.pem",
        ])

        #expect(faults.count == 4)
        for part in [
            "TEMPORAL_TLS_KEY is set without TEMPORAL_TLS_CERT", "TEMPORAL_TLS_CA has no meaning without TLS",
            "TEMPORAL_TLS_CA names a file that cannot be read", "TEMPORAL_TLS_KEY names a file that cannot be read",
        ] {
            #expect(faults.contains { $0.contains(part) }, "\(part)")
        }
    }

    @Test func `refuse a certificate without its key`() throws {
        #expect(
            try faults(["TEMPORAL_TLS_CERT": "/dev/null"]).contains {
                $0.hasPrefix("TEMPORAL_TLS_CERT is set without TEMPORAL_TLS_KEY")
            })
    }

    @Test func `refuse files that hold no certificate`() throws {
        let faults = try faults(["TEMPORAL_TLS_CERT": "/dev/null", "TEMPORAL_TLS_KEY": "/dev/null"])

        #expect(faults.count == 1)
        #expect(faults.first?.contains("the certificate /dev/null cannot be used") == true)
    }

    @Test func `name the process and its machine`() {
        let parts = TemporalCluster.processIdentity.split(separator: "@")

        #expect(parts.count == 2)
        #expect(parts.first.map(String.init) == String(ProcessInfo.processInfo.processIdentifier))
    }

    @Test(.enabled(if: TemporalBed.address != nil))
    func `that name no namespace of the server are told so, and nothing counts as gone`() async throws {
        let environment = ["TEMPORAL_ADDRESS": TemporalBed.address ?? "", "TEMPORAL_NAMESPACE": "nobody-made-this"]
        let cluster = try TemporalCluster(settings: try read(environment))

        let failure = await #expect(throws: GRPCError.self) { _ = try await cluster.probe() }

        #expect(failure?.code == .unavailable)
        #expect(failure?.message.hasPrefix("the namespace nobody-made-this does not exist; create it") == true)
    }
}
