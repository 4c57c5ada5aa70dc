import AtelierTesting
import Concurrency
import HTTPClient
import HTTPClientCurl
import Testing

@Suite struct `Exchanges` {
    @Test func `an answer has its status, header fields and body`() async throws {
        try await withServerAndClient({ connection in
            _ = try await connection.readRequestHead()
            try await connection.answer("404 Not Found", "nothing here", headers: "X-One: a\r\nx-one: b\r\n")
        }) { server, client in
            let response = try await client.send(OutboundRequest("GET", try server.url("/a?b")), under: .test)
            let body = try await response.collect(upTo: 100)

            #expect(response.status == 404)
            #expect(!response.isSuccess)
            #expect(response.headers["X-ONE"] == "a")
            #expect(response.headers.fields.filter { $0.name.lowercased() == "x-one" }.map(\.value) == ["a", "b"])
            #expect(String(decoding: body, as: UTF8.self) == "nothing here")
            #expect(response.url == (try server.url("/a?b")))
        }
    }

    @Test(arguments: ["POST", "PUT", "PATCH"])
    func `bytes are sent with their length and without asking for permission`(method: String) async throws {
        let seen = Locked("")
        try await withServerAndClient({ connection in
            let request = try await connection.readRequest()
            seen.withLock { $0 = request.head + String(decoding: request.body, as: UTF8.self) }
            try await connection.answer()
        }) { server, client in
            let request = OutboundRequest(
                method, try server.url(), headers: ["Content-Type": "text/plain", "X-Empty": ""],
                body: .bytes(Array("hello".utf8)))
            let failure = try await client.failure(of: request)

            #expect(failure == nil)
            let text = seen.withLock { $0 }
            #expect(text.hasPrefix("\(method) / HTTP/1.1\r\n"))
            #expect(text.contains("Content-Length: 5\r\n"))
            #expect(text.contains("Content-Type: text/plain\r\n"))
            #expect(text.contains("X-Empty:\r\n"))
            #expect(!text.contains("Expect"))
            #expect(text.hasSuffix("\r\n\r\nhello"))
        }
    }

    @Test func `a POST without a body says that it has none`() async throws {
        let seen = Locked("")
        try await withServerAndClient({ connection in
            let request = try await connection.readRequest()
            seen.withLock { $0 = request.head }
            try await connection.answer()
        }) { server, client in
            let failure = try await client.failure(of: OutboundRequest("POST", try server.url()))

            #expect(failure == nil)
            #expect(seen.withLock { $0 }.contains("Content-Length: 0\r\n"))
        }
    }

    @Test func `a HEAD request is answered without a body`() async throws {
        try await withServerAndClient({ connection in
            _ = try await connection.readRequestHead()
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        }) { server, client in
            let response = try await client.send(OutboundRequest("HEAD", try server.url()), under: .test)
            let body = try await response.collect(upTo: 0)

            #expect(response.headers["content-length"] == "1000")
            #expect(body.isEmpty)
        }
    }

    @Test func `an informational answer comes before the real one`() async throws {
        try await withServerAndClient({ connection in
            _ = try await connection.readRequestHead()
            try await connection.send("HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n")
            try await connection.answer("201 Created", "x")
        }) { server, client in
            let response = try await client.send(OutboundRequest("GET", try server.url()), under: .test)

            #expect(response.status == 201)
            #expect(response.headers["x-early"] == nil)
        }
    }

    @Test func `a connection is used again`() async throws {
        try await withServerAndClient({ connection in
            while true {
                _ = try await connection.readRequestHead()
                try await connection.answer("200 OK", "again")
            }
        }) { server, client in
            for _ in 0..<5 {
                let answer = try await client.get(try server.url())
                #expect(answer.body == "again")
            }

            #expect(server.acceptedCount == 1)
        }
    }

    @Test func `a request that must not be repeated has a connection of its own`() async throws {
        try await withServerAndClient({ connection in
            while true {
                _ = try await connection.readRequest()
                try await connection.answer()
            }
        }) { server, client in
            _ = try await client.get(try server.url())
            let failure = try await client.failure(
                of: OutboundRequest("POST", try server.url(), body: .bytes([1])))

            #expect(failure == nil)
            #expect(server.acceptedCount == 2)
        }
    }

    @Test func `five hundred requests are under way at once`() async throws {
        let arrived = Locked(0)
        let all = ShutdownSignal()
        try await withRawServer({ connection in
            _ = try await connection.readRequestHead()
            let count = arrived.withLock { count in
                count += 1
                return count
            }
            // Nobody is answered before everybody is there.
            if count == 500 { all.trigger() }
            await all.wait()
            try await connection.answer("200 OK", "here")
        }) { server in
            try await withClient(configure: { $0.maximumConnectionsToOneHost = 512 }) { client in
                let url = try server.url()
                let answers = try await (0..<500).concurrentMap(atMost: 500) { _ in try await client.get(url).body }

                #expect(answers == Array(repeating: "here", count: 500))
            }
        }
    }

    @Test func `connections to one host are bounded, and further requests wait`() async throws {
        try await withRawServer({ connection in
            while true {
                _ = try await connection.readRequestHead()
                try await connection.answer("200 OK", "x")
            }
        }) { server in
            try await withClient(configure: { $0.maximumConnectionsToOneHost = 3 }) { client in
                let url = try server.url()
                let answers = try await (0..<40).concurrentMap(atMost: 40) { _ in try await client.get(url).status }

                #expect(answers.allSatisfy { $0 == 200 })
                #expect(server.acceptedCount <= 3)
            }
        }
    }

    @Test func `one request too many fails at once and was never sent`() async throws {
        try await withRawServer({ connection in _ = try await connection.readUntilClosed() }) { server in
            try await withClient(configure: { $0.maximumRequests = 1 }) { client in
                let request = OutboundRequest("GET", try server.url())
                let first = Task { try await client.send(request, under: .test) }
                while server.acceptedCount == 0 { await Task.yield() }

                let failure = try await client.failure(of: request)

                #expect(failure == OutboundError(.overloaded, delivery: .neverSent))
                first.cancel()
                await #expect(throws: CancellationError.self) { try await first.value }
            }
        }
    }

    @Test func `closing the client ends what is under way`() async throws {
        try await withRawServer({ connection in _ = try await connection.readUntilClosed() }) { server in
            let client = CurlHTTPClient(.init(egress: Egress()))
            let request = OutboundRequest("GET", try server.url())
            let waiting = Task { try await client.send(request, under: .test) }
            while server.acceptedCount == 0 { await Task.yield() }

            await client.close()

            await #expect(throws: CancellationError.self) { try await waiting.value }
            let later = try await client.failure(of: request)
            #expect(later?.delivery == .neverSent)
        }
    }
}
