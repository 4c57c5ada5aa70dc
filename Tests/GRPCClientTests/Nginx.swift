import AtelierTesting
import Concurrency
import Foundation
import GRPCClient

/// nginx in front of the test server: TLS by somebody else, with rules of its own.
struct Nginx {
    private static let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
    let port: Int
    let folder: TemporaryFolder
    private let process: ServerProcess

    /// Starts it with `directives` for its one server, and returns once it listens.
    init(_ directives: String = "", in folder: TemporaryFolder) async throws {
        self.folder = folder
        port = sparePort()
        try await Self.makeCertificates(in: folder)
        let path = folder.file("nginx.conf")
        try Self.configuration(port, directives, folder).write(toFile: path, atomically: true, encoding: .utf8)
        process = try ServerProcess("/usr/sbin/nginx", ["-p", folder.path, "-c", path, "-e", folder.file("error.log")])
        let channel = try GRPCChannel(ChannelConfiguration(host: "127.0.0.1", port: port))
        // Its own words in clear text are an answer too: it listens.
        while try await channel.failure()?.message.contains("refused") == true {}
        await channel.close()
    }

    func stop() async { await process.crash() }

    /// What makes a channel to it trust it and be trusted.
    func tls(_ change: (inout ChannelConfiguration.TLS) -> Void = { _ in }) -> ChannelConfiguration.TLS {
        var tls = ChannelConfiguration.TLS(authorities: folder.file("ca.pem"))
        change(&tls)
        return tls
    }

    func channel(
        _ tls: ChannelConfiguration.TLS? = nil, host: String = "127.0.0.1", metadata: [(String, String)] = []
    ) throws -> GRPCChannel {
        let fields = Metadata(metadata.map { (name: $0.0, value: $0.1) })
        return try GRPCChannel(
            ChannelConfiguration(host: host, port: port, tls: tls ?? self.tls(), metadata: fields))
    }

    private static func configuration(_ port: Int, _ directives: String, _ folder: TemporaryFolder) -> String {
        """
        daemon off; master_process off; pid \(folder.file("pid"));
        events { worker_connections 4096; }
        http {
          access_log off; client_body_temp_path \(folder.file("body")); proxy_temp_path \(folder.file("proxy"));
          fastcgi_temp_path \(folder.file("fcgi")); uwsgi_temp_path \(folder.file("uwsgi"));
          scgi_temp_path \(folder.file("scgi")); client_max_body_size 8m; grpc_read_timeout 120s;
          server {
            listen 127.0.0.1:\(port) ssl http2;
            ssl_certificate \(folder.file("server.pem")); ssl_certificate_key \(folder.file("server.key"));
            ssl_client_certificate \(folder.file("ca.pem"));
            \(directives)
            location / { grpc_pass grpc://127.0.0.1:\(TemporalServer.sharedPort ?? 0); }
          }
        }
        """
    }

    /// An authority with a server's and a client's certificate, and a client's from another authority.
    private static func makeCertificates(in folder: TemporaryFolder) async throws {
        let request = "openssl req -x509 -days 2 \(key)"
        let script = """
            cd '\(folder.path)' && umask 077 &&
            \(request) -subj /CN=authority -keyout ca.key -out ca.pem &&
            \(request) -subj /CN=stranger -keyout stranger.key -out stranger.pem &&
            \(request) -CA ca.pem -CAkey ca.key -subj /CN=server -addext subjectAltName=DNS:temporal.test,IP:127.0.0.1 \
                -keyout server.key -out server.pem &&
            \(request) -CA ca.pem -CAkey ca.key -subj /CN=client -keyout client.key -out client.pem &&
            openssl ec -in client.key -aes128 -passout pass:word -out locked.key
            """
        try await ServerProcess("/bin/sh", ["-c", script]).end()
    }
}

/// Runs `body` with nginx in front of the test server.
func withNginx(_ directives: String = "", _ body: (Nginx) async throws -> Void) async throws {
    try await withTemporaryFolder { folder in
        let nginx = try await Nginx(directives, in: folder)
        do { try await body(nginx) } catch {
            await nginx.stop()
            throw error
        }
        await nginx.stop()
    }
}
