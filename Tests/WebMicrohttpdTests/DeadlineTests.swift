import AtelierTesting
import Concurrency
import Observability
import Testing
import Web

@testable import WebMicrohttpd

@Suite struct `Slow clients` {
    @Test(arguments: ["", "GET / HTTP/1.1\r\nHost: x\r\nX: a"])
    func `a head that does not come in time ends the connection`(sent: String) async throws {
        try await withServer(configure: { $0.headerDeadline = .milliseconds(200) }, handler: echo) { server in
            let connection = try server.connect()
            try await connection.send(sent)

            #expect(try await connection.readUntilClosed() == [])
        }
    }

    @Test func `a head that drips in does not outlast its deadline`() async throws {
        try await withServer(configure: { $0.headerDeadline = .milliseconds(200) }, handler: echo) { server in
            let connection = try server.connect()
            try await connection.send("GET / HTTP/1.1\r\nHost: x\r\nX: ")

            await #expect(throws: RawConnectionError.self) {
                // Far more time than the deadline; the loop ends when the server hangs up.
                for _ in 0..<2000 {
                    try await connection.send("a")
                    try await Task.sleep(for: .milliseconds(10))
                }
            }
        }
    }

    @Test func `the second head on a connection has a deadline, too`() async throws {
        try await withServer(configure: { $0.headerDeadline = .milliseconds(300) }, handler: echo) { server in
            let connection = try server.connect()
            try await connection.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try await connection.readResponse().status == 200)
            try await connection.send("GET / HTTP/1.1\r\nHost: x\r\n")

            #expect(try await connection.readUntilClosed() == [])
        }
    }

    @Test func `a connection may rest longer than a head may take`() async throws {
        let configure: (inout ServerConfiguration) -> Void = {
            $0.headerDeadline = .milliseconds(200)
            $0.idleTimeout = .seconds(60)
        }
        try await withServer(configure: configure, handler: echo) { server in
            let resting = try server.connect()
            try await resting.send("GET /1 HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try await resting.readResponse().status == 200)
            // Once a connection that sends nothing is gone, more than the deadline has passed.
            #expect(try await server.connect().readUntilClosed() == [])

            try await resting.send("GET /2 HTTP/1.1\r\nHost: x\r\n\r\n")

            #expect(try await resting.readResponse().text == "[GET /2 0]")
        }
    }

    @Test func `a connection that rests too long is closed`() async throws {
        try await withServer(configure: { $0.idleTimeout = .milliseconds(200) }, handler: echo) { server in
            let connection = try server.connect()
            try await connection.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try await connection.readResponse().status == 200)

            #expect(try await connection.readUntilClosed() == [])
        }
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "GET / HTTP/1.1\r\nHo",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\na",
    ])
    func `a client that leaves right after its last byte is noticed`(sent: String) async throws {
        let metrics = Metrics()
        try await withServer(metrics: metrics, handler: echo) { server in
            for _ in 0..<20 {
                let connection = try server.connect()
                try await connection.send(sent)
                await connection.close()
            }

            // Whoever came before this one has been let in by now.
            #expect(try await server.client.get("/").status == 200)
            // All of the limits are far longer than what this test may take.
            let open = metrics.gauge("atelier_http_connections", help: "")
            let clock = ContinuousClock()
            let end = clock.now + .seconds(9)
            while open.value > 0, clock.now < end { try await Task.sleep(for: .milliseconds(5)) }
            #expect(open.value == 0)
        }
    }

    @Test func `a body that drips in is given up`() async throws {
        let failure = Event<RequestBodyError>()
        let handler: HTTPHandler = { request in
            do throws(RequestBodyError) { while try await request.body.next() != nil {} } catch { failure.fire(error) }
            return .text("")
        }
        let configure: (inout ServerConfiguration) -> Void = { $0.bodyRateGrace = .milliseconds(200) }
        try await withServer(configure: configure, handler: handler) { server in
            let connection = try server.connect()
            try await connection.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9999\r\n\r\na")

            #expect(try await failure.value() == .disconnected)
            #expect(try await connection.readUntilClosed() == [])
        }
    }

    @Test func `a slow handler is not taken for a slow client`() async throws {
        let others = Event<Void>()
        let handler: HTTPHandler = { request in
            guard request.method == "POST" else { return .text("") }
            do {
                // Long enough for another client's body to be given up.
                try await others.value()
                return await echo(request)
            } catch { return .text("", status: 500) }
        }
        let configure: (inout ServerConfiguration) -> Void = {
            $0.bodyRateGrace = .milliseconds(100)
            $0.headerDeadline = .milliseconds(200)
        }
        try await withServer(configure: configure, handler: handler) { server in
            let connection = try server.connect()
            try await connection.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello")
            #expect(try await server.connect().readUntilClosed() == [])
            others.fire()

            #expect(try await connection.readResponse().text == "[POST /a 5]")
        }
    }
}

@Suite struct `Stopping` {
    @Test func `a request in flight is finished, as the last of its connection`() async throws {
        let started = Event<Void>()
        let finish = Event<Void>()
        let handler: HTTPHandler = { _ in
            started.fire()
            do { try await finish.value() } catch { return .text("", status: 500) }
            return .text("done")
        }
        let server = try await RunningServer(handler: handler)
        let connection = try await server.client.open("/")
        try await started.value()

        server.beginStop()
        // Nobody is let in any more once the listening socket is closed.
        await #expect(throws: RawConnectionError.self) {
            while true {
                let late = try server.connect()
                await late.close()
                try await Task.sleep(for: .milliseconds(5))
            }
        }
        finish.fire()

        let response = try await connection.readResponse()
        #expect(response.text == "done")
        #expect(response["Connection"]?.lowercased() == "close")
        try await server.stop()
        #expect(try await connection.readUntilClosed() == [])
    }

    @Test func `open event streams are ended at once`() async throws {
        let handler: HTTPHandler = { _ in
            HTTPResponse(
                status: 200, headers: ["Content-Type": "text/event-stream"],
                body: .stream { writer in
                    try await writer.write(Array("data: 1\n\n".utf8))
                    try await Task.sleep(for: .seconds(600))
                })
        }
        let server = try await RunningServer(configure: { $0.shutdownGrace = .seconds(600) }, handler: handler)
        let connection = try await server.client.open("/")
        _ = try await connection.readHead()
        #expect(try await connection.readChunk() == Array("data: 1\n\n".utf8))

        // The grace is longer than any test may take: it is not waited for.
        try await server.stop()

        #expect(try await connection.readChunk() == nil)
    }

    @Test func `what outlasts the grace is broken off and cancelled`() async throws {
        let started = Event<Void>()
        let cancelled = Event<Void>()
        let handler: HTTPHandler = { _ in
            started.fire()
            do { try await Task.sleep(for: .seconds(600)) } catch { cancelled.fire() }
            return .text("too late")
        }
        let server = try await RunningServer(configure: { $0.shutdownGrace = .milliseconds(50) }, handler: handler)
        let connection = try await server.client.open("/")
        try await started.value()

        try await server.stop()

        try await cancelled.value()
        #expect(try await connection.readUntilClosed() == [])
    }

    @Test func `resting connections and unfinished heads and bodies do not hold the server up`() async throws {
        let server = try await RunningServer(configure: { $0.shutdownGrace = .milliseconds(50) }, handler: echo)
        let resting = try await server.client.open("/")
        #expect(try await resting.readResponse().status == 200)
        let unfinished = try server.connect()
        try await unfinished.send("GET / HTTP/1.1\r\nHo")
        let body = try server.connect()
        try await body.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhello")

        try await server.stop()

        for connection in [resting, unfinished, body] { #expect(try await connection.readUntilClosed() == []) }
    }
}
