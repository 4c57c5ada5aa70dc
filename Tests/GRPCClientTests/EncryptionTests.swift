import AtelierTesting
import Concurrency
import Foundation
import GRPCClient
import Testing

@Suite(.enabled(if: TemporalServer.sharedPort != nil), .timeLimit(.minutes(2)))
struct `Encryption of a channel` {
    @Test func `is agreed on with a server that a known authority vouches for, by address and by name`() async throws {
        try await withNginx { nginx in
            let byAddress = try await nginx.channel().answerFailure()
            let byName = try await nginx.channel(nginx.tls { $0.serverName = "temporal.test" }).answerFailure()

            #expect(byAddress == nil)
            #expect(byName == nil)
        }
    }

    @Test func `is refused where an unknown authority vouches for the server`() async throws {
        try await withNginx { nginx in
            let system = try await nginx.channel(ChannelConfiguration.TLS()).answerFailure()
            let stranger = nginx.tls { $0.authorities = nginx.folder.file("stranger.pem") }
            let other = try await nginx.channel(stranger).answerFailure()

            for failure in [system, other] {
                #expect(failure?.code == .unavailable)
                #expect(failure?.message.contains("TLS: unable to get local issuer certificate") == true)
            }
        }
    }

    @Test func `is refused where the certificate is for somebody else`() async throws {
        try await withNginx { nginx in
            let byName = try await nginx.channel(nginx.tls { $0.serverName = "other.test" }).answerFailure()
            let byHost = try await nginx.channel(host: "localhost").answerFailure()

            #expect(byName?.message.contains("TLS: hostname mismatch") == true)
            #expect(byHost?.message.contains("TLS: hostname mismatch") == true)
        }
    }

    @Test func `is refused without HTTP/2`() async throws {
        try await withNginx { nginx in
            let path = nginx.folder.file("server")
            let port = sparePort()
            let server = try ServerProcess(
                "/usr/bin/openssl",
                ["s_server", "-accept", "127.0.0.1:\(port)", "-cert", path + ".pem", "-key", path + ".key", "-quiet"])
            let channel = try GRPCChannel.local(port) { $0.tls = nginx.tls() }

            var failure = try await channel.answerFailure()
            while failure?.message.contains("refused") == true { failure = try await channel.answerFailure() }

            #expect(failure?.message.contains("the server does not speak HTTP/2 over TLS") == true)
            await server.crash()
        }
    }

    @Test func `with a client's certificate is demanded and given`() async throws {
        try await withNginx("ssl_verify_client on;") { nginx in
            let folder = nginx.folder
            let without = try await nginx.channel().answerFailure()
            let foreign = nginx.tls {
                ($0.certificate, $0.key) = (folder.file("stranger.pem"), folder.file("stranger.key"))
            }
            let wrong = try await nginx.channel(foreign).answerFailure()
            let own = nginx.tls { ($0.certificate, $0.key) = (folder.file("client.pem"), folder.file("client.key")) }
            let right = try await nginx.channel(own).answerFailure()

            #expect(without?.message == "the server answered with HTTP status 400")
            #expect(wrong?.message == "the server answered with HTTP status 400")
            #expect(right == nil)
        }
    }

    @Test func `that the server breaks off says why`() async throws {
        try await withNginx { nginx in
            let path = nginx.folder.file("server")
            let port = sparePort()
            // Demands a certificate in the handshake itself, as Temporal does.
            let server = try ServerProcess(
                "/usr/bin/openssl",
                [
                    "s_server", "-accept", "127.0.0.1:\(port)", "-cert", path + ".pem", "-key", path + ".key", "-quiet",
                    "-alpn", "h2", "-Verify", "1", "-verify_return_error", "-CAfile", nginx.folder.file("ca.pem"),
                ])
            let channel = try GRPCChannel.local(port) { $0.tls = nginx.tls() }

            var failure = try await channel.answerFailure()
            while failure?.message.contains("refused") == true { failure = try await channel.answerFailure() }

            #expect(failure?.code == .unavailable)
            #expect(failure?.message.contains("certificate required") == true)
            await server.crash()
        }
    }

    @Test func `takes up a certificate that was renewed on disk`() async throws {
        try await withNginx("ssl_verify_client on; keepalive_requests 1;") { nginx in
            let (certificate, key) = (nginx.folder.file("own.pem"), nginx.folder.file("own.key"))
            func put(_ name: String) throws {
                for (source, target) in [(name + ".pem", certificate), (name + ".key", key)] {
                    let data = try Data(contentsOf: URL(fileURLWithPath: nginx.folder.file(source)))
                    try data.write(to: URL(fileURLWithPath: target), options: .atomic)
                }
            }
            try put("stranger")
            let channel = try nginx.channel(nginx.tls { ($0.certificate, $0.key) = (certificate, key) })
            let before = try await channel.answerFailure()

            try put("client")

            #expect(before != nil)
            try await channel.untilItAnswers()
        }
    }

    @Test func `needs a key that belongs to the certificate and has no passphrase`() async throws {
        try await withNginx { nginx in
            for key in ["locked.key", "stranger.key", "ca.pem", "missing.key"] {
                let tls = nginx.tls {
                    ($0.certificate, $0.key) = (nginx.folder.file("client.pem"), nginx.folder.file(key))
                }
                #expect(throws: TLSFault.self, "\(key)") { _ = try nginx.channel(tls) }
            }
        }
    }

    @Test func `needs a name to check`() {
        let configuration = ChannelConfiguration(host: "127.0.0.1", port: 1, tls: .init(serverName: ""))

        #expect(throws: TLSFault.self) { _ = try GRPCChannel(configuration) }
    }

    @Test func `is not mixed up with clear text`() async throws {
        try await withNginx { nginx in
            let clear = try await GRPCChannel.local(nginx.port).answerFailure()
            let encrypted = try await GRPCChannel.local(try #require(TemporalServer.sharedPort)) {
                $0.tls = nginx.tls()
            }.answerFailure()

            #expect(clear?.code == .unavailable)
            #expect(encrypted?.code == .unavailable)
            #expect(encrypted?.message.contains("TLS: ") == true)
        }
    }

    @Test func `carries an API key, and without the right one nobody is served`() async throws {
        try await withNginx(#"if ($http_authorization != "Bearer key-4711") { return 401; }"#) { nginx in
            let right = try await nginx.channel(metadata: [("authorization", "Bearer key-4711")]).answerFailure()
            let wrong = try await nginx.channel(metadata: [("authorization", "Bearer key-4712")]).answerFailure()

            #expect(right == nil)
            #expect(wrong?.code == .unauthenticated)
        }
    }

    @Test func `through a proxy that allows few calls a connection lets no call queue behind long ones`() async throws {
        try await withNginx("http2_max_concurrent_streams 10;") { nginx in
            let channel = try nginx.channel()
            let polls = Poll(queue: "nobody-\(UUID())").protoBytes

            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<40 {
                    group.addTask { _ = try await channel.call(Poll.method, polls, timeout: .seconds(60)) }
                }
                for _ in 0..<20 { try await channel.ask(timeout: .seconds(5)) }
                group.cancelAll()
            }
        }
    }
}

/// `PollActivityTaskQueueRequest`, which waits a minute for work.
struct Poll: ProtoMessage {
    struct Queue: ProtoMessage {
        var name = ""
        static let fields: [ProtoField<Self>] = [.string(1, \.name)]
    }
    static let method = "/temporal.api.workflowservice.v1.WorkflowService/PollActivityTaskQueue"
    var namespace = "default"
    var queue: Queue?
    static let fields: [ProtoField<Self>] = [.string(1, \.namespace), .message(2, \.queue)]

    init() {}
    init(queue name: String) { queue = Queue(name: name) }
}
