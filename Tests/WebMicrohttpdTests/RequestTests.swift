import AtelierTesting
import Concurrency
import Observability
import Testing
import Web

@testable import WebMicrohttpd

@Suite struct `Requests and answers` {
    @Test func `a connection serves several requests one after the other`() async throws {
        try await withServer(handler: echo) { server in
            let connection = try server.connect()
            for number in 1...5 {
                try await connection.send("GET /\(number) HTTP/1.1\r\nHost: x\r\n\r\n")
                let response = try await connection.readResponse()
                #expect(response.text == "[GET /\(number) 0]")
                #expect(response["Date"]?.hasSuffix(" GMT") == true)
                #expect(response["Connection"] != "close")
            }
        }
    }

    @Test func `requests sent in one go are answered in order`() async throws {
        try await withServer(handler: echo) { server in
            let connection = try server.connect()

            try await connection.send(
                "GET /a HTTP/1.1\r\nHost: x\r\n\r\nPOST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
                    + "GET /c HTTP/1.1\r\nHost: x\r\n\r\n")

            #expect(try await connection.readResponse().text == "[GET /a 0]")
            #expect(try await connection.readResponse().text == "[POST /b 3]")
            #expect(try await connection.readResponse().text == "[GET /c 0]")
        }
    }

    @Test func `the target reaches the handler as it was sent`() async throws {
        try await withServer(handler: echo) { server in
            let response = try await server.client.get("/a%00b%2Fc/../d?q=%20&r=1+2")

            #expect(response.text == "[GET /a%00b%2Fc/../d?q=%20&r=1+2 0]")
        }
    }

    @Test func `HEAD has the header of GET and no body`() async throws {
        try await withServer(handler: { _ in .text("hello") }) { server in
            let connection = try server.connect()

            try await connection.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n")

            let head = try await connection.readResponse(isHead: true)
            #expect(head.status == 200)
            #expect(head["Content-Length"] == "5")
            #expect(try await connection.readResponse().text == "hello")
        }
    }

    @Test func `HEAD does not start a stream`() async throws {
        let started = Locked(false)
        let handler: HTTPHandler = { _ in
            HTTPResponse(status: 200, body: .stream { _ in started.withLock { $0 = true } })
        }
        try await withServer(handler: handler) { server in
            let connection = try server.connect()

            try await connection.send("HEAD /stream HTTP/1.1\r\nHost: x\r\n\r\n")

            #expect(try await connection.readResponse(isHead: true).status == 200)
            #expect(try await connection.readUntilClosed() == [])
            #expect(!started.withLock { $0 })
        }
    }

    @Test(arguments: [204, 304]) func `a status without content has no body`(status: Int) async throws {
        let handler: HTTPHandler = { _ in HTTPResponse(status: status, headers: ["ETag": "\"1\""]) }
        try await withServer(handler: handler) { server in
            let connection = try server.connect()
            for _ in 1...2 {
                try await connection.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                let response = try await connection.readResponse()
                #expect(response.status == status)
                #expect(response["ETag"] == "\"1\"")
            }
        }
    }

    @Test func `fields that belong to the server are not taken from the handler`() async throws {
        let handler: HTTPHandler = { _ in
            HTTPResponse(
                status: 200,
                headers: ["Content-Length": "99", "Transfer-Encoding": "gzip", "Connection": "upgrade", "X-Own": "1"],
                body: .bytes([65]))
        }
        try await withServer(handler: handler) { server in
            let response = try await server.client.get("/")

            #expect(response["Content-Length"] == "1")
            #expect(response["Transfer-Encoding"] == nil)
            #expect(response["X-Own"] == "1")
            #expect(response.text == "A")
        }
    }

    @Test func `a field value with a line break does not become a second field`() async throws {
        let handler: HTTPHandler = { _ in
            HTTPResponse(status: 200, headers: ["X-Bad": "a\r\nX-Injected: 1", "X-Good": "1"])
        }
        try await withServer(handler: handler) { server in
            let response = try await server.client.get("/")

            #expect(response["X-Injected"] == nil)
            #expect(response["X-Good"] == "1")
        }
    }

    @Test func `requests of many clients are handled at the same time`() async throws {
        let arrived = Locked(0)
        let all = Event<Void>()
        let handler: HTTPHandler = { request in
            if arrived.withLock({
                $0 += 1; return $0
            }) == 20 {
                all.fire()
            }
            do { try await all.value() } catch { return .text("not together", status: 500) }
            return .text(request.target)
        }
        try await withServer(handler: handler) { server in
            let texts = try await withThrowingTaskGroup(of: String.self) { group in
                for number in 0..<20 { group.addTask { try await server.client.get("/\(number)").text } }
                return try await group.reduce(into: Set<String>()) { $0.insert($1) }
            }

            #expect(texts == Set((0..<20).map { "/\($0)" }))
        }
    }

    @Test func `the handler is told the peer's address`() async throws {
        try await withServer(handler: { .text($0.remoteAddress) }) { server in
            let response = try await server.client.get("/")

            #expect(response.text == "127.0.0.1")
        }
    }

    @Test func `connections over the limit are closed and counted`() async throws {
        let metrics = Metrics()
        try await withServer(configure: { $0.maximumConnections = 2 }, metrics: metrics, handler: echo) { server in
            let first = try server.connect()
            let second = try server.connect()
            for connection in [first, second] {
                try await connection.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                #expect(try await connection.readResponse().status == 200)
            }

            let third = try server.connect()

            #expect(try await third.readUntilClosed() == [])
            let refused = metrics.counter("atelier_http_connections_refused_total", help: "")
            #expect(refused.value == 1)
            #expect(metrics.gauge("atelier_http_connections", help: "").value == 2)
            // Named here, so that they are open until now.
            for connection in [first, second] { await connection.close() }
        }
    }

    @Test func `connections from one address over its limit are closed`() async throws {
        try await withServer(configure: { $0.maximumConnectionsPerAddress = 1 }, handler: echo) { server in
            let first = try server.connect()
            try await first.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try await first.readResponse().status == 200)

            #expect(try await server.connect().readUntilClosed() == [])
            // Named here, so that it is open until now.
            await first.close()
        }
    }

    @Test func `a port in use is named in the error`() async throws {
        try await withServer(handler: echo) { server in
            let error = await #expect(throws: ServerError.self) {
                _ = try await RunningServer(configure: { $0.port = server.port }, handler: echo)
            }
            #expect(error == .addressInUse(host: "127.0.0.1", port: server.port))
        }
    }

    @Test func `a host that is not this machine is named in the error`() async throws {
        await #expect(throws: ServerError.unknownHost("192.0.2.1")) {
            _ = try await RunningServer(configure: { $0.host = "192.0.2.1" }, handler: echo)
        }
    }
}
