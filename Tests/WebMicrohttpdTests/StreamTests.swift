import AtelierTesting
import Concurrency
import Foundation
import Testing
import Web

@testable import WebMicrohttpd

@Suite struct `Files and streams` {
    final class OpenFile: ResponseFile {
        let descriptor: Int32
        init(_ path: String) { descriptor = open(path, O_RDONLY) }
        deinit { close(descriptor) }
    }

    @Test(arguments: [(0, 100_000), (0, 1), (99_999, 1), (12_345, 6_789), (50, 0)])
    func `a span of a file is sent byte for byte`(offset: Int, count: Int) async throws {
        try await withFolder { folder in
            let content = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
            try Data(content).write(to: URL(fileURLWithPath: "\(folder)/f"))
            let file = OpenFile("\(folder)/f")
            let handler: HTTPHandler = { _ in HTTPResponse(status: 206, body: .file(file, offset: offset, count: count))
            }
            try await withServer(handler: handler) { server in
                let connection = try server.connect()
                // Twice: the library closes the descriptor that it was given, which must not be the file's own.
                for _ in 1...2 {
                    try await connection.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                    let response = try await connection.readResponse()
                    #expect(response.status == 206)
                    #expect(response["Content-Length"] == "\(count)")
                    #expect(response.body == Array(content[offset..<offset + count]))
                }
            }
        }
    }

    @Test func `a stream is sent while it arises`() async throws {
        let goOn = Event<Void>()
        let handler: HTTPHandler = { _ in
            HTTPResponse(
                status: 200,
                body: .stream { writer in
                    try await writer.write(Array("first".utf8))
                    try await goOn.value()
                    try await writer.write(Array("second".utf8))
                })
        }
        try await withServer(handler: handler) { server in
            let connection = try await server.client.open("/")
            #expect(try await connection.readHead()["Transfer-Encoding"] == "chunked")
            #expect(try await connection.readChunk() == Array("first".utf8))
            goOn.fire()
            #expect(try await connection.readChunk() == Array("second".utf8))
            #expect(try await connection.readChunk() == nil)

            try await connection.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try await connection.readResponse().text == "firstsecond")
        }
    }

    @Test func `HTTP 1.0 gets a stream that ends with the connection`() async throws {
        let handler: HTTPHandler = { _ in
            HTTPResponse(status: 200, body: .stream { try await $0.write(Array("all of it".utf8)) })
        }
        try await withServer(handler: handler) { server in
            let connection = try server.connect()
            try await connection.send("GET / HTTP/1.0\r\n\r\n")

            let response = try await connection.readResponse()

            #expect(response["Transfer-Encoding"] == nil)
            #expect(response.text == "all of it")
        }
    }

    @Test func `a producer is held back while the client does not read`() async throws {
        let written = Locked(0)
        let gone = Event<Void>()
        let handler: HTTPHandler = { _ in
            HTTPResponse(
                status: 200,
                body: .stream { writer in
                    defer { gone.fire() }
                    while written.withLock({ $0 }) < 1 << 30 {
                        try await writer.write([UInt8](repeating: 65, count: 64 << 10))
                        written.withLock { $0 += 64 << 10 }
                    }
                })
        }
        try await withServer(configure: { $0.idleTimeout = .seconds(1) }, handler: handler) { server in
            let connection = try server.connect(receiveBuffer: 4096)
            try await connection.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")

            // A client that reads nothing is dropped after the idle time, and the producer ends.
            try await gone.value()

            #expect(written.withLock { $0 } < 32 << 20)
            _ = connection
        }
    }

    @Test func `a producer that fails breaks the connection off`() async throws {
        struct Fault: Error {}
        let handler: HTTPHandler = { _ in
            HTTPResponse(
                status: 200,
                body: .stream { writer in
                    try await writer.write(Array("part".utf8))
                    throw Fault()
                })
        }
        try await withServer(handler: handler) { server in
            let connection = try await server.client.open("/")

            let everything = String(decoding: try await connection.readUntilClosed(), as: UTF8.self)

            #expect(!everything.hasSuffix("0\r\n\r\n"))
        }
    }

    @Test func `a producer ends when its client leaves`() async throws {
        let left = Event<Bool>()
        let handler: HTTPHandler = { _ in
            HTTPResponse(
                status: 200, headers: ["Content-Type": "text/event-stream"],
                body: .stream { writer in
                    try await writer.write(Array("data: 1\n\n".utf8))
                    do { try await Task.sleep(for: .seconds(60)) } catch { left.fire(Task.isCancelled) }
                })
        }
        try await withServer(handler: handler) { server in
            let connection = try await server.client.open("/")
            _ = try await connection.readHead()
            #expect(try await connection.readChunk() == Array("data: 1\n\n".utf8))
            await connection.close()

            #expect(try await left.value())
        }
    }

    @Test func `a handler is cancelled when its client leaves`() async throws {
        let started = Event<Void>()
        let cancelled = Event<Bool>()
        let handler: HTTPHandler = { _ in
            started.fire()
            do { try await Task.sleep(for: .seconds(60)) } catch { cancelled.fire(Task.isCancelled) }
            return .text("too late")
        }
        try await withServer(handler: handler) { server in
            let connection = try await server.client.open("/")
            try await started.value()
            await connection.close()

            #expect(try await cancelled.value())
        }
    }
}
