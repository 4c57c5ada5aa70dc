import AtelierTesting
import HTTPClient
import HTTPClientCurl
import Testing

@Suite struct `TLS` {
    @Test func `a certificate that nobody vouches for is not believed, and nothing was sent`() async throws {
        try await withTLSServer { port, _ in
            try await withClient { client in
                let url = try OutboundURL("https://127.0.0.1:\(port)/")
                let failure = try await client.failure(of: OutboundRequest("POST", url, body: .bytes([1])))

                #expect(failure?.kind == "tls")
                #expect(failure?.delivery == .neverSent)
                #expect(failure?.isRetryable == false)
            }
        }
    }

    @Test func `the operator's own authority is believed, for the names it vouches for`() async throws {
        try await withTLSServer { port, certificate in
            try await withClient(configure: { $0.authorityFile = certificate }) { client in
                let answer = try await client.get(try OutboundURL("https://localhost:\(port)/"))
                let other = try await client.failure(
                    of: OutboundRequest("GET", try OutboundURL("https://127.0.0.1:\(port)/")))

                #expect(answer.status == 200)
                #expect(other?.kind == "tls")
            }
        }
    }

    @Test func `plain HTTP where TLS is expected is a failure of TLS`() async throws {
        try await withServerAndClient({ connection in
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            _ = try await connection.readUntilClosed()
        }) { server, client in
            let url = try OutboundURL("https://127.0.0.1:\(server.port)/")
            let failure = try await client.failure(of: OutboundRequest("GET", url))

            #expect(failure?.kind == "tls")
            #expect(failure?.delivery == .neverSent)
        }
    }
}

/// Runs `body` with the port of a TLS server and the file of its certificate, which is made out to `localhost`.
private func withTLSServer(
    _ body: @Sendable (_ port: Int, _ certificate: String) async throws -> Void
) async throws {
    let folder = try TemporaryFolder()
    let (key, certificate) = (folder.file("key.pem"), folder.file("certificate.pem"))
    let making = [
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
        "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate,
    ]
    try await Tool("/usr/bin/openssl", making).wait()
    // The system picks a free port for the probe; the server takes it over.
    let probe = try RawServer { _ in }
    let port = probe.port
    await probe.stopAndWait()
    let server = try Tool(
        "/usr/bin/openssl",
        ["s_server", "-quiet", "-www", "-accept", "\(port)", "-cert", certificate, "-key", key])
    do {
        while (try? RawConnection(port: port)) == nil { try await Task.sleep(for: .milliseconds(20)) }
        try await body(port, certificate)
    } catch {
        await server.stop()
        throw error
    }
    await server.stop()
    withExtendedLifetime(folder) {}
}
