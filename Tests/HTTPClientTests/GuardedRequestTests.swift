import AtelierTesting
import Concurrency
import Glibc
import HTTPClient
import HTTPClientCurl
import Testing

@Suite struct `Guarded requests` {
    @Test(arguments: ["127.0.0.1", "[::1]", "localhost", "localhost.", "[::ffff:127.0.0.1]", "0.0.0.0"])
    func `never reach this machine`(host: String) async throws {
        try await withServerAndClient({ try await $0.answer() }) { server, client in
            let url = try server.url(host: host)
            let failure = try await client.failure(of: OutboundRequest("GET", url), under: .guarded)

            #expect(failure?.kind == "refused")
            #expect(failure?.delivery == .neverSent)
            #expect(failure?.isRetryable == false)
            #expect(server.acceptedCount == 0)
        }
    }

    @Test(arguments: ["127.0.0.1", "[::1]", "10.0.0.1", "169.254.169.254", "[::ffff:127.0.0.1]", "0.0.0.0"])
    func `are refused at the connection when a public name leads inward`(address: String) async throws {
        try await withRawServer({ try await $0.answer() }) { server in
            let name = "rebinding.example"
            try await withClient(configure: { $0.knownAddresses = ["\(name):\(server.port):\(address)"] }) { client in
                let url = try server.url(host: name)
                let failure = try await client.failure(of: OutboundRequest("GET", url), under: .guarded)

                #expect(throws: Never.self) { try client.egress.check(url, trust: .guarded) }
                #expect(failure?.kind == "refused")
                #expect(failure?.delivery == .neverSent)
                #expect(failure?.isRetryable == false)
                #expect(server.acceptedCount == 0)
            }
        }
    }

    @Test func `try the public addresses of a name that also leads inward`() async throws {
        try await withRawServer({ connection in
            _ = try await connection.readRequestHead()
            try await connection.answer("200 OK", "allowed")
        }) { server in
            let known = "two.example:\(server.port):10.0.0.1,127.0.0.1"
            try await withClient(allowing: ["127.0.0.0/8"], configure: { $0.knownAddresses = [known] }) { client in
                let answer = try await client.get(try server.url(host: "two.example"), under: .guarded)

                #expect(answer.body == "allowed")
            }
        }
    }

    @Test func `reach what the operator lists, port by port`() async throws {
        try await withRawServer({ connection in
            _ = try await connection.readRequestHead()
            try await connection.answer("200 OK", "listed")
        }) { server in
            try await withClient(allowing: ["127.0.0.1:\(server.port)"]) { client in
                let answer = try await client.get(try server.url(), under: .guarded)

                #expect(answer.body == "listed")
            }
            try await withClient(allowing: ["127.0.0.1:\(server.port - 1)"]) { client in
                let failure = try await client.failure(
                    of: OutboundRequest("GET", try server.url()), under: .guarded)

                #expect(failure?.kind == "refused")
            }
        }
    }

    @Test func `never go over a connection that was opened for the operator`() async throws {
        try await withServerAndClient({ connection in
            while true {
                _ = try await connection.readRequestHead()
                try await connection.answer()
            }
        }) { server, client in
            _ = try await client.get(try server.url())
            let failure = try await client.failure(of: OutboundRequest("GET", try server.url()), under: .guarded)

            #expect(failure?.kind == "refused")
            #expect(server.acceptedCount == 1)
        }
    }

    @Test(arguments: [
        "http://169.254.169.254/latest/", "http://10.0.0.1/", "file:///etc/passwd", "gopher://127.0.0.1:6379/",
    ])
    func `do not follow a redirect inward`(location: String) async throws {
        try await withRawServer({ connection in
            _ = try await connection.readRequestHead()
            try await connection.answer("302 Found", headers: "Location: \(location)\r\n")
        }) { server in
            try await withClient(allowing: ["127.0.0.1:\(server.port)"]) { client in
                let failure = try await client.failure(
                    of: OutboundRequest("GET", try server.url()), under: .guarded)

                #expect(failure?.kind == "refused")
                #expect(failure?.delivery == .maybeSent)
            }
        }
    }

    @Test func `leave no way through a proxy named in the environment`() async throws {
        // In a process of its own: the environment is one for all, and whoever starts a program reads it.
        await #expect(processExitsWith: .success) {
            setenv("http_proxy", "http://127.0.0.1:1", 1)
            try await withServerAndClient({ connection in
                _ = try await connection.readRequestHead()
                try await connection.answer("200 OK", "direct")
            }) { server, client in
                let answer = try await client.get(try server.url())

                try #require(answer.body == "direct")
            }
        }
    }

    @Test func `go through the operator's proxy where their host is listed`() async throws {
        let asked = Locked("")
        try await withRawServer({ connection in
            let head = try await connection.readRequestHead()
            asked.withLock { $0 = head }
            try await connection.answer("200 OK", "by proxy")
        }) { server in
            try await withClient(allowing: ["files.example"], proxy: "http://127.0.0.1:\(server.port)") { client in
                let answer = try await client.get(try OutboundURL("http://files.example/a"), under: .guarded)
                let other = try await client.failure(
                    of: OutboundRequest("GET", try OutboundURL("http://other.example/")), under: .guarded)

                #expect(answer.body == "by proxy")
                #expect(asked.withLock { $0 }.hasPrefix("GET http://files.example/a HTTP/1.1"))
                #expect(other?.reason == .refused(.behindProxy(host: "other.example")))
            }
        }
    }

    @Test func `go nowhere when the server is offline`() async throws {
        try await withRawServer({ try await $0.answer() }) { server in
            try await withClient(allowing: ["127.0.0.1"], mode: .offline) { client in
                let failure = try await client.failure(
                    of: OutboundRequest("GET", try server.url()), under: .guarded)

                #expect(failure == OutboundError(.refused(.offline), delivery: .neverSent))
            }
        }
    }
}
