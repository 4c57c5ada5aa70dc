import AtelierTesting
import Concurrency
import HTTPClient
import HTTPClientCurl
import Testing

@Suite struct `Hostile servers` {
    @Test func `a body that is cut off is no body`() async throws {
        try await withServerAndClient({ connection in
            _ = try await connection.readRequestHead()
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nonly this")
        }) { server, client in
            let failure = try await client.failure(of: OutboundRequest("GET", try server.url()))

            #expect(failure?.kind == "cutOff")
            #expect(failure?.isRetryable == true)
            #expect(failure?.delivery == .maybeSent)
        }
    }

    @Test func `a chunked body without its end is no body`() async throws {
        try await withServerAndClient({ connection in
            _ = try await connection.readRequestHead()
            try await connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
            await connection.closeWriting()
            _ = try await connection.readUntilClosed()
        }) { server, client in
            let failure = try await client.failure(of: OutboundRequest("GET", try server.url()))

            #expect(failure?.kind == "cutOff")
        }
    }

    @Test func `a connection that closes without a word may have taken the request`() async throws {
        try await withServerAndClient({ connection in
            _ = try await connection.readRequestHead()
        }) { server, client in
            let failure = try await client.failure(of: OutboundRequest("POST", try server.url(), body: .bytes([1])))

            #expect(failure?.kind == "cutOff")
            #expect(failure?.delivery == .maybeSent)
        }
    }

    @Test(arguments: ["SSH-2.0-OpenSSH\r\n", "\u{1}\u{2}\u{3}\u{4}\r\n\r\n", "220 mail ready\r\n"])
    func `another protocol is no answer`(greeting: String) async throws {
        try await withServerAndClient({ connection in
            _ = try await connection.readRequestHead()
            try await connection.send(greeting)
            await connection.closeWriting()
            _ = try await connection.readUntilClosed()
        }) { server, client in
            let failure = try await client.failure(of: OutboundRequest("GET", try server.url()))

            #expect(failure?.kind == "badAnswer")
        }
    }

    @Test(arguments: ["Content-Length: 5000\r\n\r\n", "\r\n", "Transfer-Encoding: chunked\r\n\r\n1388\r\n"])
    func `an answer beyond the limit is refused, announced or not`(end: String) async throws {
        try await withServerAndClient({ connection in
            _ = try await connection.readRequestHead()
            try await connection.send("HTTP/1.1 200 OK\r\n" + end + String(repeating: "x", count: 5000))
        }) { server, client in
            var policy = OutboundPolicy.test
            policy.maximumBodySize = 4999
            let failure = try await client.failure(of: OutboundRequest("GET", try server.url()), under: policy)

            #expect(failure?.reason == .tooLarge(limit: 4999))
        }
    }

    @Test func `a reader's own limit holds too`() async throws {
        try await withServerAndClient({ connection in
            _ = try await connection.readRequestHead()
            try await connection.answer("200 OK", String(repeating: "x", count: 100))
        }) { server, client in
            let response = try await client.send(OutboundRequest("GET", try server.url()), under: .test)

            await #expect(throws: OutboundError.self) { try await response.collect(upTo: 99) }
        }
    }

    @Test func `a small packet that unpacks to much is refused`() async throws {
        // 10 MB of zeros, 10,212 bytes packed.
        let bomb = try await gzip(zeros: 10 << 20)
        try await withServerAndClient({ connection in
            _ = try await connection.readRequestHead()
            try await connection.send(
                "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(bomb.count)\r\n\r\n")
            try await connection.send(bomb)
        }) { server, client in
            var policy = OutboundPolicy.test
            policy.maximumBodySize = 1 << 20
            let failure = try await client.failure(of: OutboundRequest("GET", try server.url()), under: policy)

            #expect(bomb.count < 1 << 20)
            #expect(failure?.reason == .tooLarge(limit: 1 << 20))
        }
    }

    @Test func `a packed answer is unpacked`() async throws {
        let packed = try await gzip(zeros: 1000)
        let seen = Locked("")
        try await withServerAndClient({ connection in
            let head = try await connection.readRequestHead()
            seen.withLock { $0 = head }
            try await connection.send(
                "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(packed.count)\r\n\r\n")
            try await connection.send(packed)
        }) { server, client in
            let response = try await client.send(OutboundRequest("GET", try server.url()), under: .test)
            let body = try await response.collect(upTo: 1000)

            #expect(body == Array(repeating: 0, count: 1000))
            #expect(seen.withLock { $0 }.contains("Accept-Encoding: gzip, deflate"))
        }
    }

    @Test func `header fields without end are refused`() async throws {
        try await withServerAndClient({ connection in
            _ = try await connection.readRequestHead()
            try await connection.send("HTTP/1.1 200 OK\r\n")
            for index in 0..<100_000 {
                try await connection.send("X-\(index): \(String(repeating: "y", count: 100))\r\n")
            }
        }) { server, client in
            let failure = try await client.failure(of: OutboundRequest("GET", try server.url()))

            #expect(failure?.kind == "badAnswer")
        }
    }

    @Test func `one header field without end is refused`() async throws {
        try await withServerAndClient({ connection in
            _ = try await connection.readRequestHead()
            try await connection.send("HTTP/1.1 200 OK\r\nX: ")
            for _ in 0..<100 { try await connection.send(String(repeating: "y", count: 100_000)) }
        }) { server, client in
            let failure = try await client.failure(of: OutboundRequest("GET", try server.url()))

            #expect(failure?.kind == "badAnswer")
        }
    }

    @Test(arguments: ["", "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"])
    func `a byte now and then does not hold a request open`(beginning: String) async throws {
        try await withServerAndClient({ connection in
            _ = try await connection.readRequestHead()
            try await connection.send(beginning)
            while !Task.isCancelled {
                try await connection.send(beginning.isEmpty ? "" : "x")
                try await Task.sleep(for: .milliseconds(100))
            }
        }) { server, client in
            var policy = OutboundPolicy.test
            policy.lowestSpeed = 1000
            policy.slowWindow = .seconds(1)
            let failure = try await client.failure(of: OutboundRequest("GET", try server.url()), under: policy)

            #expect(failure?.reason == .timedOut(.tooSlow(bytesPerSecond: 1000)))
            #expect(failure?.isRetryable == true)
        }
    }

    @Test func `the whole exchange has a limit, however busy it is`() async throws {
        try await withServerAndClient({ connection in
            _ = try await connection.readRequestHead()
            try await connection.send("HTTP/1.1 200 OK\r\n\r\n")
            while !Task.isCancelled { try await connection.send(String(repeating: "x", count: 1000)) }
        }) { server, client in
            var policy = OutboundPolicy.test
            policy.timeout = .milliseconds(300)
            policy.maximumBodySize = 1 << 40
            let request = OutboundRequest("GET", try server.url())
            let failure = await #expect(throws: OutboundError.self) {
                let response = try await client.send(request, under: policy)
                for try await _ in response.body {}
            }

            #expect(failure?.reason == .timedOut(.whole(.milliseconds(300))))
        }
    }

    @Test func `a server that accepts and says nothing times out as possibly sent`() async throws {
        try await withServerAndClient({ connection in _ = try await connection.readUntilClosed() }) { server, client in
            var policy = OutboundPolicy.test
            policy.timeout = .milliseconds(300)
            let failure = try await client.failure(of: OutboundRequest("GET", try server.url()), under: policy)

            #expect(failure == OutboundError(.timedOut(.whole(.milliseconds(300))), delivery: .maybeSent))
        }
    }

    @Test func `a port where nobody listens has not seen the request`() async throws {
        let server = try RawServer { _ in }
        let url = try server.url()
        await server.stopAndWait()
        try await withClient { client in
            let failure = try await client.failure(of: OutboundRequest("POST", url, body: .bytes([1])))

            #expect(failure?.kind == "connectFailed")
            #expect(failure?.delivery == .neverSent)
            #expect(failure?.isRetryable == true)
        }
    }

    @Test func `a name that nobody has is not found`() async throws {
        try await withClient { client in
            let url = try OutboundURL("http://nobody.invalid/")
            let failure = try await client.failure(of: OutboundRequest("GET", url))

            #expect(failure == OutboundError(.nameNotFound(host: "nobody.invalid"), delivery: .neverSent))
        }
    }

    @Test(arguments: [
        ("X", "a\r\nY: b"), ("X", "a\nb"), ("X", "a\u{0}b"), ("X Y", "a"), ("X:", "a"), ("", "a"), ("Host", "evil"),
        ("Content-Length", "3"), ("transfer-encoding", "chunked"),
    ])
    func `a header field that would change the message is not sent`(name: String, value: String) async throws {
        try await withServerAndClient({ _ in }) { server, client in
            var headers = OutboundHeaders()
            headers.add(name, value)
            let failure = try await client.failure(of: OutboundRequest("GET", try server.url(), headers: headers))

            #expect(failure == OutboundError(.refused(.header(name: name)), delivery: .neverSent))
            #expect(server.acceptedCount == 0)
        }
    }
}
