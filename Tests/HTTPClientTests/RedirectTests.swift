import AtelierTesting
import Concurrency
import HTTPClient
import HTTPClientCurl
import Testing

@Suite struct `Redirects` {
    @Test(arguments: [301, 302, 303, 307, 308])
    func `are followed for a GET`(status: Int) async throws {
        try await withServerAndClient({ connection in
            while true {
                let head = try await connection.readRequestHead()
                if head.hasPrefix("GET /a/b ") {
                    try await connection.answer("\(status) Moved", "elsewhere", headers: "Location: ../c?d\r\n")
                } else {
                    try await connection.answer("200 OK", String(head.prefix { $0 != "\r\n" }))
                }
            }
        }) { server, client in
            let response = try await client.send(OutboundRequest("GET", try server.url("/a/b")), under: .test)
            let body = try await response.collect(upTo: 1000)

            #expect(String(decoding: body, as: UTF8.self) == "GET /c?d HTTP/1.1")
            #expect(response.url == (try server.url("/c?d")))
        }
    }

    @Test func `in a circle end`() async throws {
        let count = Locked(0)
        try await withServerAndClient({ connection in
            while true {
                _ = try await connection.readRequestHead()
                count.withLock { $0 += 1 }
                try await connection.answer("302 Found", headers: "Location: /again\r\n")
            }
        }) { server, client in
            let failure = try await client.failure(of: OutboundRequest("GET", try server.url()))

            #expect(failure?.reason == .tooManyRedirects(limit: 5))
            #expect(count.withLock { $0 } == 6)
        }
    }

    @Test func `of a POST are its answer`() async throws {
        try await withServerAndClient({ connection in
            _ = try await connection.readRequest()
            try await connection.answer("307 Temporary Redirect", headers: "Location: /other\r\n")
        }) { server, client in
            let request = OutboundRequest("POST", try server.url(), body: .bytes([1]))
            let response = try await client.send(request, under: .test)

            #expect(response.status == 307)
            #expect(server.acceptedCount == 1)
        }
    }

    @Test func `are not followed where none are allowed`() async throws {
        try await withServerAndClient({ connection in
            _ = try await connection.readRequestHead()
            try await connection.answer("302 Found", headers: "Location: /other\r\n")
        }) { server, client in
            var policy = OutboundPolicy.test
            policy.maximumRedirects = 0
            let failure = try await client.failure(of: OutboundRequest("GET", try server.url()), under: policy)

            #expect(failure?.reason == .tooManyRedirects(limit: 0))
        }
    }

    @Test func `take no credentials to another host`() async throws {
        let seen = Locked("")
        try await withRawServer({ connection in
            let head = try await connection.readRequestHead()
            seen.withLock { $0 = head }
            try await connection.answer()
        }) { other in
            let location = try other.url()
            try await withServerAndClient({ connection in
                _ = try await connection.readRequestHead()
                try await connection.answer("302 Found", headers: "Location: \(location)\r\n")
            }) { server, client in
                let request = OutboundRequest(
                    "GET", try server.url(),
                    headers: ["Authorization": "Bearer x", "X-Key": "y", "Cookie": "z", "Accept": "image/png"])
                let failure = try await client.failure(of: request)

                #expect(failure == nil)
                let head = seen.withLock { $0 }
                #expect(head.contains("Accept: image/png"))
                #expect(!head.contains("Bearer") && !head.contains("X-Key") && !head.contains("Cookie"))
            }
        }
    }

    @Test func `share the time of the first request`() async throws {
        try await withServerAndClient({ connection in
            while true {
                _ = try await connection.readRequestHead()
                try await Task.sleep(for: .milliseconds(150))
                try await connection.answer("302 Found", headers: "Location: /again\r\n")
            }
        }) { server, client in
            var policy = OutboundPolicy.test
            policy.timeout = .milliseconds(400)
            policy.maximumRedirects = 100
            let failure = try await client.failure(of: OutboundRequest("GET", try server.url()), under: policy)

            #expect(failure?.reason == .timedOut(.whole(.milliseconds(400))))
        }
    }
}
