import AtelierTesting
import Concurrency
import HTTPClient
import HTTPClientCurl
import Testing

@Suite struct `Streams` {
    @Test func `an answer can be read while it comes`() async throws {
        let goOn = ShutdownSignal()
        try await withServerAndClient({ connection in
            _ = try await connection.readRequestHead()
            try await connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n")
            await goOn.wait()
            try await connection.send("3\r\ntwo\r\n0\r\n\r\n")
        }) { server, client in
            let response = try await client.send(OutboundRequest("GET", try server.url()), under: .test)
            let iterator = response.body.makeAsyncIterator()
            let first = try await iterator.next()
            goOn.trigger()
            let second = try await iterator.next()
            let end = try await iterator.next()

            #expect(first == Array("one".utf8))
            #expect(second == Array("two".utf8))
            #expect(end == nil)
        }
    }

    @Test func `a sender waits for a reader who does not read`() async throws {
        let total = 32 << 20
        let sent = Locked(0)
        let isFull = ShutdownSignal()
        try await withServerAndClient({ connection in
            _ = try await connection.readRequestHead()
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(total)\r\n\r\n")
            let piece = [UInt8](repeating: 7, count: 64 << 10)
            var left = total
            var idle = 0
            // Until the system takes no more although it was given time to.
            while left > 0, idle < 20 {
                let count = await connection.sendWithoutWaiting(Array(piece.prefix(left)))
                left -= count
                idle = count == 0 ? idle + 1 : 0
                if count == 0 { try await Task.sleep(for: .milliseconds(20)) }
            }
            let held = left
            sent.withLock { $0 = total - held }
            isFull.trigger()
            while left > 0 {
                try await connection.send(Array(piece.prefix(left)))
                left -= min(piece.count, left)
            }
        }) { server, client in
            let response = try await client.send(OutboundRequest("GET", try server.url()), under: .test)
            await isFull.wait()
            var count = 0
            for try await piece in response.body { count += piece.count }

            #expect(sent.withLock { $0 } < total / 2)
            #expect(count == total)
        }
    }

    @Test(arguments: [true, false]) func `a body is sent as its source gives it`(isLengthKnown: Bool) async throws {
        let received = Locked((0, UInt8(0), ""))
        try await withServerAndClient({ connection in
            let head = try await connection.readRequestHead()
            var (count, sum) = (0, UInt8(0))
            if isLengthKnown {
                let bytes = try await connection.read(count: 300 * 10_000)
                (count, sum) = (bytes.count, bytes.reduce(0, &+))
            } else {
                while let chunk = try await connection.readChunk() {
                    count += chunk.count
                    sum = chunk.reduce(sum, &+)
                }
            }
            let (total, check) = (count, sum)
            received.withLock { $0 = (total, check, head) }
            try await connection.answer()
        }) { server, client in
            let pieces = Locked(0)
            let body = OutboundBody.stream(length: isLengthKnown ? 300 * 10_000 : nil) {
                let index = pieces.withLock { index in
                    index += 1
                    return index
                }
                return index > 300 ? nil : [UInt8](repeating: UInt8(index % 251), count: 10_000)
            }
            let failure = try await client.failure(of: OutboundRequest("PUT", try server.url(), body: body))

            #expect(failure == nil)
            let (count, sum, head) = received.withLock { $0 }
            #expect(count == 300 * 10_000)
            #expect(sum == (1...300).reduce(UInt8(0)) { $0 &+ UInt8($1 % 251) &* UInt8(10_000 % 256) })
            #expect(head.contains("Transfer-Encoding: chunked") == !isLengthKnown)
        }
    }

    @Test func `a source is asked only as fast as the other side takes`() async throws {
        let asked = Locked(0)
        let release = ShutdownSignal()
        try await withServerAndClient({ connection in
            _ = try await connection.readRequestHead()
            await release.wait()
            _ = try await connection.read(count: 1000 << 16)
            try await connection.answer()
        }) { server, client in
            let body = OutboundBody.stream(length: 1000 << 16) {
                asked.withLock { $0 += 1 }
                return [UInt8](repeating: 1, count: 1 << 16)
            }
            let request = OutboundRequest("PUT", try server.url(), body: body)
            let sending = Task { try await client.failure(of: request) }
            // Until the sockets' buffers are full and nothing moves any more.
            var (last, still) = (-1, 0)
            while still < 20 {
                try await Task.sleep(for: .milliseconds(20))
                let now = asked.withLock { $0 }
                still = now == last && now > 0 ? still + 1 : 0
                last = now
            }
            #expect(last < 500)

            release.trigger()
            let failure = try await sending.value
            #expect(failure == nil)
        }
    }

    @Test(arguments: [(10, 5), (10, 15)])
    func `a source that gives another length than it said fails the request`(said: Int, given: Int) async throws {
        try await withServerAndClient({ connection in
            _ = try await connection.readUntilClosed()
        }) { server, client in
            let isDone = Locked(false)
            let body = OutboundBody.stream(length: said) {
                let done = isDone.withLock { done in
                    defer { done = true }
                    return done
                }
                return done ? nil : [UInt8](repeating: 1, count: given)
            }
            let failure = try await client.failure(of: OutboundRequest("PUT", try server.url(), body: body))

            #expect(failure?.kind == "badBody")
        }
    }

    @Test func `a source that fails fails the request`() async throws {
        struct Broken: Error {}
        try await withServerAndClient({ connection in _ = try await connection.readUntilClosed() }) { server, client in
            let body = OutboundBody.stream(length: nil) { throw Broken() }
            let failure = try await client.failure(of: OutboundRequest("POST", try server.url(), body: body))

            #expect(failure?.kind == "badBody")
            #expect(failure?.isRetryable == false)
        }
    }

    @Test func `cancelling the reader breaks the connection off`() async throws {
        let isGone = ShutdownSignal()
        try await withServerAndClient({ connection in
            _ = try await connection.readRequestHead()
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nbegin")
            _ = try await connection.readUntilClosed()
            isGone.trigger()
        }) { server, client in
            let response = try await client.send(OutboundRequest("GET", try server.url()), under: .test)
            let started = ShutdownSignal()
            let reading = Task {
                for try await _ in response.body { started.trigger() }
            }
            await started.wait()

            reading.cancel()

            await #expect(throws: CancellationError.self) { try await reading.value }
            await isGone.wait()
        }
    }

    @Test func `letting go of an answer breaks the connection off`() async throws {
        let isGone = ShutdownSignal()
        try await withServerAndClient({ connection in
            _ = try await connection.readRequestHead()
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nbegin")
            _ = try await connection.readUntilClosed()
            isGone.trigger()
        }) { server, client in
            _ = try await client.send(OutboundRequest("GET", try server.url()), under: .test).status

            await isGone.wait()
        }
    }
}
