import AtelierTesting
import Concurrency
import Foundation
import Observability
import Testing

@testable import Web
@testable import WebMicrohttpd

@Suite struct `Request bodies` {
    @Test func `a chunked body arrives whole and without its coding`() async throws {
        let handler: HTTPHandler = { request in
            #expect(request.body.announcedLength == nil)
            var text: [UInt8] = []
            while let piece = try? await request.body.next() { text += piece }
            return .text(String(decoding: text, as: UTF8.self))
        }
        try await withServer(handler: handler) { server in
            let connection = try server.connect()
            try await connection.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
            for word in ["a", "bc", "def"] { try await connection.send("\(word.count)\r\n\(word)\r\n") }
            try await connection.send("0\r\nTrailer: x\r\n\r\n")

            #expect(try await connection.readResponse().text == "abcdef")
        }
    }

    @Test func `what the handler does not read is not received`() async throws {
        let mayRead = Event<Void>()
        let handler: HTTPHandler = { request in
            do {
                guard let first = try await request.body.next() else { return .text("empty", status: 400) }
                try await mayRead.value()
                var count = first.count
                while let piece = try await request.body.next() { count += piece.count }
                return .text("\(count)")
            } catch { return .text("\(error)", status: 400) }
        }
        try await withServer(handler: handler) { server in
            let connection = try server.connect()
            let size = 40 << 20
            try await connection.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: \(size)\r\n\r\n")

            // The system's own buffers take some megabytes; the server adds a quarter of one.
            let piece = [UInt8](repeating: 65, count: 64 << 10)
            var sent = 0
            var refusals = 0
            while sent < size, refusals < 20 {
                let count = await connection.sendWithoutWaiting(Array(piece.prefix(size - sent)))
                sent += count
                refusals = count == 0 ? refusals + 1 : 0
                if count == 0 { try await Task.sleep(for: .milliseconds(5)) }
            }
            #expect(sent < size / 2)
            mayRead.fire()
            while sent < size {
                let part = Array(piece.prefix(size - sent))
                try await connection.send(part)
                sent += part.count
            }

            #expect(try await connection.readResponse().text == "\(size)")
        }
    }

    @Test func `a refusal reaches a client that waits to be told to continue`() async throws {
        try await withServer(handler: { _ in .text("who are you", status: 401) }) { server in
            let connection = try server.connect()

            try await connection.send(
                "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 50000000\r\n\r\n")

            let response = try await connection.readResponse()
            #expect(response.status == 401)
            #expect(response.text == "who are you")
        }
    }

    @Test func `a client that waits is told to continue once the body is wanted`() async throws {
        try await withServer(handler: echo) { server in
            let connection = try server.connect()

            try await connection.send(
                "POST /a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
            #expect(try await connection.readHead().status == 100)
            try await connection.send("hello")

            #expect(try await connection.readResponse().text == "[POST /a 5]")
        }
    }

    @Test func `a small unread body does not cost the connection`() async throws {
        let handler: HTTPHandler = { request in
            request.method == "POST" ? .text("who are you", status: 401) : .text("welcome")
        }
        try await withServer(handler: handler) { server in
            let connection = try server.connect()

            try await connection.send(
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhelloGET / HTTP/1.1\r\nHost: x\r\n\r\n")

            #expect(try await connection.readResponse().status == 401)
            #expect(try await connection.readResponse().text == "welcome")
        }
    }

    @Test(arguments: ["Content-Length: 30000000", "Transfer-Encoding: chunked"])
    func `a refusal reaches a client that is already sending`(framing: String) async throws {
        try await withServer(handler: { _ in .text("who are you", status: 401) }) { server in
            let connection = try server.connect()
            let chunk = [UInt8](repeating: 65, count: 32 << 10)

            try await connection.send("POST / HTTP/1.1\r\nHost: x\r\n\(framing)\r\n\r\n")
            if framing.hasPrefix("Transfer") { try await connection.send("1000000\r\n") }
            try await connection.send(chunk)

            let response = try await connection.readResponse()
            #expect(response.status == 401)
            #expect(response["Connection"] == "close")
            #expect(response["Date"]?.hasSuffix(" GMT") == true)
            #expect(response.text == "who are you")
        }
    }

    @Test func `an answer amid the body reaches the client, which may then send no more`() async throws {
        let handler: HTTPHandler = { request in
            _ = try? await request.body.next()
            return .text("not a picture", status: 415)
        }
        try await withServer(handler: handler) { server in
            let connection = try server.connect()
            try await connection.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 30000000\r\n\r\n")
            try await connection.send([UInt8](repeating: 65, count: 32 << 10))

            #expect(try await connection.readResponse().text == "not a picture")

            let sent = Task {
                var count = 0
                while count < 30_000_000 {
                    try await connection.send([UInt8](repeating: 65, count: 32 << 10))
                    count += 32 << 10
                }
            }
            await #expect(throws: RawConnectionError.self) { try await sent.value }
        }
    }

    @Test func `a length over the limit is refused before the body`() async throws {
        let calls = Locked(0)
        let handler: HTTPHandler = { request in
            calls.withLock { $0 += 1 }
            return await echo(request)
        }
        try await withServer(configure: { $0.maximumBodyBytes = 1000 }, handler: handler) { server in
            let connection = try server.connect()

            try await connection.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5000000\r\n\r\n")

            let response = try await connection.readResponse()
            #expect(response.status == 413)
            #expect(response.text == #"{"detail":"The body is over 1000 bytes."}"#)
            #expect(calls.withLock { $0 } == 0)
        }
    }

    @Test func `chunks over the limit are refused while they come`() async throws {
        try await withServer(configure: { $0.maximumBodyBytes = 100_000 }, handler: echo) { server in
            let connection = try server.connect()

            try await connection.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
            for _ in 0..<4 {
                try await connection.send("8000\r\n")
                try await connection.send([UInt8](repeating: 65, count: 0x8000))
                try await connection.send("\r\n")
            }

            #expect(try await connection.readResponse().status == 413)
        }
    }

    @Test func `a body of exactly the limit is accepted`() async throws {
        try await withServer(configure: { $0.maximumBodyBytes = 1000 }, handler: echo) { server in
            let response = try await server.client.send("POST", "/a", body: [UInt8](repeating: 65, count: 1000))

            #expect(response.text == "[POST /a 1000]")
        }
    }

    @Test func `a client that leaves amid the body ends the reading`() async throws {
        let failure = Event<RequestBodyError>()
        let handler: HTTPHandler = { request in
            do throws(RequestBodyError) {
                while try await request.body.next() != nil {}
            } catch { failure.fire(error) }
            return .text("")
        }
        try await withServer(handler: handler) { server in
            let connection = try server.connect()
            try await connection.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhello")
            await connection.close()

            #expect(try await failure.value() == .disconnected)
        }
    }

    @Test func `giving up on the body with a time limit works`() async throws {
        let handler: HTTPHandler = { request in
            let reading = Task { try await request.body.next() }
            reading.cancel()
            do { return .text("\(try await reading.value?.count ?? 0)") } catch { return .text("gave up", status: 408) }
        }
        try await withServer(configure: { $0.lingerTime = .milliseconds(100) }, handler: handler) { server in
            let connection = try server.connect()

            try await connection.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n")

            // The rest is small enough to wait for, but not for long.
            #expect(try await connection.readResponse().status == 408)
        }
    }

    @Test func `a body is spooled to a file of its own`() async throws {
        try await withFolder { folder in
            let handler: HTTPHandler = { request in
                do throws(RequestBodyError) {
                    let body = try await request.body.spool(to: folder, limit: 1 << 20)
                    defer { body.remove() }
                    let content = FileManager.default.contents(atPath: body.path) ?? Data()
                    return .text("\(body.byteCount) \(content.count) \(content.allSatisfy { $0 == 65 })")
                } catch { return .text("\(error)", status: 413) }
            }
            try await withServer(handler: handler) { server in
                let fits = try await server.client.send("PUT", "/", body: [UInt8](repeating: 65, count: 1 << 20))
                #expect(fits.text == "1048576 1048576 true")
                let over = try await server.client.send("PUT", "/", body: [UInt8](repeating: 65, count: (1 << 20) + 1))
                #expect(over.text == "tooLarge(limit: 1048576)")
                #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [])
            }
        }
    }

    @Test func `a folder that takes no file is told as no room`() async throws {
        let handler: HTTPHandler = { request in
            do throws(RequestBodyError) {
                _ = try await request.body.spool(to: "/nowhere/at/all", limit: 100)
                return .text("")
            } catch { return .text("\(error)", status: 507) }
        }
        try await withServer(handler: handler) { server in
            let response = try await server.client.send("PUT", "/", body: [1])

            #expect(response.text == "noRoom")
        }
    }

    @Test func `a full disk is told as no room`() async throws {
        // The system's always-full device stands in for the disk.
        let file = try SpoolFile(path: "/dev/full")

        #expect(throws: RequestBodyError.noRoom) { try file.append([1, 2, 3]) }
        #expect(file.byteCount == 0)
    }
}

/// A folder for the length of `body`.
func withFolder<Result>(_ body: (String) async throws -> Result) async throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("atelier-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try await body(folder)
}
