import AtelierTesting
import Testing
import Web

@testable import WebMicrohttpd

/// A doubtful request, and what has to become of it and of the request sent after it on the same connection.
struct FramingCase: Sendable, CustomTestStringConvertible {
    enum Outcome: Sendable {
        /// Refused, in JSON, and the connection closed.
        case refused
        /// Refused by the library in its own words, or by closing the connection.
        case refusedByLibrary
        /// Answered, and the connection goes on with the next request.
        case answered(String)
        /// Answered, and the connection closed.
        case answeredLast(String)
    }

    let name: String
    let bytes: String
    let outcome: Outcome

    var testDescription: String { name }

    init(_ name: String, _ bytes: String, _ outcome: Outcome) {
        self.name = name
        self.bytes = bytes
        self.outcome = outcome
    }

    /// A POST with further header lines.
    static func post(_ name: String, _ lines: String, _ body: String, _ outcome: Outcome) -> FramingCase {
        FramingCase(name, "POST /a HTTP/1.1\r\nHost: x\r\n\(lines)\r\n\(body)", outcome)
    }

    static let smuggled = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
    static let chunks = "5\r\nhello\r\n0\r\n\r\n"

    static let bodies: [FramingCase] = [
        .post("a length", "Content-Length: 5\r\n", "hello", .answered("[POST /a 5]")),
        .post("chunks", "Transfer-Encoding: chunked\r\n", chunks, .answered("[POST /a 5]")),
        .post("chunks, in capitals", "Transfer-Encoding: CHUNKED\r\n", chunks, .answered("[POST /a 5]")),
        .post(
            "a chunk extension", "Transfer-Encoding: chunked\r\n", "5;a=b\r\nhello\r\n0\r\n\r\n",
            .answered("[POST /a 5]")),
        .post("length and chunks", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", chunks, .refused),
        .post(
            "chunks and length", "Transfer-Encoding: chunked\r\nContent-Length: 45\r\n", "0\r\n\r\n\(smuggled)",
            .refused),
        .post("two equal lengths", "Content-Length: 5\r\nContent-Length: 5\r\n", "hello", .refused),
        .post("two lengths", "Content-Length: 5\r\nContent-Length: 0\r\n", "hello", .refused),
        .post("two codings", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", chunks, .refused),
        .post("an unknown coding", "Transfer-Encoding: xchunked\r\n", chunks, .refused),
        .post("a coding before chunked", "Transfer-Encoding: gzip, chunked\r\n", chunks, .refused),
        .post("a coding after chunked", "Transfer-Encoding: chunked, identity\r\n", chunks, .refused),
        .post("identity beside a length", "Transfer-Encoding: identity\r\nContent-Length: 5\r\n", "hello", .refused),
        FramingCase(
            "chunks in HTTP/1.0",
            "POST /a HTTP/1.0\r\nHost: x\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n\(chunks)",
            .refused),
        .post("blank before a length's colon", "Content-Length : 45\r\n", smuggled, .refused),
        .post("blank before a coding's colon", "Transfer-Encoding : chunked\r\n", chunks, .refused),
        .post("a folded coding", "Transfer-Encoding:\r\n chunked\r\n", chunks, .refused),
        .post("a folded length", "Content-Length:\r\n 45\r\n", smuggled, .refused),
        .post("no framing at all", "", "", .answeredLast("[POST /a 0]")),
        .post("no framing and a body", "", smuggled, .answeredLast("[POST /a 0]")),
        .post("framing behind an empty name", ": v\r\nContent-Length: 45\r\n", smuggled, .refused),
        FramingCase(
            "a GET with framing behind an empty name",
            "GET /a HTTP/1.1\r\nHost: x\r\n: v\r\nContent-Length: 45\r\n\r\n\(smuggled)", .refused),
        FramingCase(
            "a request behind an empty name", "GET /a HTTP/1.1\r\nHost: x\r\n: v\r\n\(smuggled)", .refused),
        FramingCase("a request behind a colon", "GET /a HTTP/1.1\r\nHost:x\r\n:\r\n\(smuggled)", .refused),
        FramingCase(
            "a request behind a colon, without fields", "GET /a HTTP/1.0\r\n:\r\n\(smuggled)", .refusedByLibrary),
        .post("a length that is a list", "Content-Length: 5,5\r\n", "hello", .refusedByLibrary),
        .post("a length with a sign", "Content-Length: +5\r\n", "hello", .refusedByLibrary),
        .post("a negative length", "Content-Length: -5\r\n", "hello", .refusedByLibrary),
        .post("a hexadecimal length", "Content-Length: 0x5\r\n", "hello", .refusedByLibrary),
        .post("an empty length", "Content-Length: \r\n", "", .refusedByLibrary),
        .post("a huge length", "Content-Length: 99999999999999999999999\r\n", "hello", .refusedByLibrary),
        .post(
            "a hexadecimal chunk size", "Transfer-Encoding: chunked\r\n", "0x5\r\nhello\r\n0\r\n\r\n", .refusedByLibrary
        ),
        .post(
            "a chunk size with a sign", "Transfer-Encoding: chunked\r\n", "+5\r\nhello\r\n0\r\n\r\n", .refusedByLibrary),
        .post("a negative chunk size", "Transfer-Encoding: chunked\r\n", "-5\r\nhello\r\n0\r\n\r\n", .refusedByLibrary),
        .post("a chunk that is too long", "Transfer-Encoding: chunked\r\n", "5\r\nhelloXX0\r\n\r\n", .refusedByLibrary),
        .post(
            "a huge chunk size", "Transfer-Encoding: chunked\r\n", "FFFFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n",
            .refusedByLibrary),
    ]

    static let heads: [FramingCase] = [
        FramingCase("trailing blanks", "GET /a HTTP/1.1\r\nHost: x  \r\n\r\n", .answered("[GET /a 0]")),
        FramingCase("an empty value", "GET /a HTTP/1.1\r\nHost: x\r\nX:\r\n\r\n", .answered("[GET /a 0]")),
        FramingCase(
            "many blanks before a value", "GET /a HTTP/1.1\r\nHost: \t  x\r\nY: 1\r\n\r\n", .answered("[GET /a 0]")),
        FramingCase("no blank before a value", "GET /a HTTP/1.1\r\nHost:x\r\nY:1\r\n\r\n", .answered("[GET /a 0]")),
        FramingCase("an empty line first", "\r\nGET /a HTTP/1.1\r\nHost: x\r\n\r\n", .answered("[GET /a 0]")),
        FramingCase("bare line feeds", "GET /a HTTP/1.1\nHost: x\n\n", .refused),
        FramingCase("a folded line", "GET /a HTTP/1.1\r\nHost: x\r\nX-A: 1\r\n 2\r\n\r\n", .refused),
        FramingCase("a folded line before others", "GET /a HTTP/1.1\r\nX-A: 1\r\n\t2\r\nHost: x\r\n\r\n", .refused),
        FramingCase("a NUL in a value", "GET /a HTTP/1.1\r\nX: a\0b\r\nHost: x\r\n\r\n", .refused),
        FramingCase("a NUL in the last value", "GET /a HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n", .refused),
        FramingCase("two hosts", "GET /a HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", .refused),
        FramingCase("no host", "GET /a HTTP/1.1\r\n\r\n", .refused),
        FramingCase("no host in HTTP/1.0", "GET /a HTTP/1.0\r\n\r\n", .answeredLast("[GET /a 0]")),
        FramingCase("a CR in a value", "GET /a HTTP/1.1\r\nHost: x\r\nX: a\rContent-Length: 5\r\n\r\n", .refused),
        FramingCase("a blank in a name", "GET /a HTTP/1.1\r\nHost: x\r\nX Y: 1\r\n\r\n", .refused),
        FramingCase("a blank in the target", "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n", .refused),
        FramingCase(
            "a NUL in a length's name", "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length\0: 45\r\n\r\n\(smuggled)",
            .refusedByLibrary),
        FramingCase("a line without a colon", "GET /a HTTP/1.1\r\nHost: x\r\nnonsense\r\n\r\n", .refusedByLibrary),
        FramingCase("an unknown version", "GET /a HTTP/9.9\r\nHost: x\r\n\r\n", .refusedByLibrary),
        FramingCase("another protocol", "GET /a HTTX/1.1\r\nHost: x\r\n\r\n", .refusedByLibrary),
        FramingCase("HTTP/0.9", "GET /a\r\n\r\n", .refusedByLibrary),
        FramingCase("no target", "GET \r\n\r\n", .refusedByLibrary),
        FramingCase("an unknown method", "FOO /a HTTP/1.1\r\nHost: x\r\n\r\n", .answered("[FOO /a 0]")),
        FramingCase(
            "a GET with a body", "GET /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello", .answered("[GET /a 5]")
        ),
        FramingCase(
            "HTTP/1.0 with keep-alive", "GET /a HTTP/1.0\r\nHost: x\r\nConnection: keep-alive\r\n\r\n",
            .answered("[GET /a 0]")),
        FramingCase(
            "Connection: close", "GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", .answeredLast("[GET /a 0]")),
    ]
}

@Suite struct `Framing` {
    @Test(arguments: FramingCase.bodies + FramingCase.heads)
    func `no doubtful request makes another one out of its rest`(_ example: FramingCase) async throws {
        try await withServer(handler: echo) { server in
            let connection = try server.connect()
            // Sent at once: a server that stopped reading in between would hide what it makes of the rest.
            try await connection.send(example.bytes + "GET /next HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")

            let everything = String(decoding: try await connection.readUntilClosed(), as: UTF8.self)

            let next = "[GET /next 0]"
            #expect(!everything.contains("smuggled"))
            switch example.outcome {
            case .refused:
                #expect(everything.hasPrefix("HTTP/1.1 400 "))
                #expect(everything.contains("Content-Type: application/json\r\n"))
                #expect(everything.contains(#"{"detail":""#))
                #expect(!everything.contains("[") && everything.ranges(of: "Date: ").count == 1)
            case .refusedByLibrary:
                #expect(!everything.contains("["))
                #expect(!everything.contains(" 200 OK"))
            case .answered(let text):
                #expect(everything.contains(text) && everything.hasSuffix(next))
            case .answeredLast(let text):
                #expect(everything.hasSuffix(text))
            }
        }
    }

    @Test func `a header over the limit is refused`() async throws {
        try await withServer(configure: { $0.maximumHeaderBytes = 8 << 10 }, handler: echo) { server in
            let filler = String(repeating: "a", count: 9 << 10)

            let response = try await server.client.get("/", headers: ["X-Filler": filler])

            #expect(response.status == 431)
            #expect(response.text == #"{"detail":"The request line and header fields are over 8192 bytes."}"#)
            #expect(response["Connection"]?.lowercased() == "close")
        }
    }

    @Test(arguments: ["one field", "many fields", "the target"])
    func `a header far over the limit is refused`(what: String) async throws {
        try await withServer(handler: echo) { server in
            let connection = try server.connect()
            let filler = String(repeating: "a", count: 200_000)
            let head =
                switch what {
                case "one field": "GET / HTTP/1.1\r\nHost: x\r\nX: \(filler)\r\n\r\n"
                case "many fields":
                    "GET / HTTP/1.1\r\nHost: x\r\n" + String(repeating: "X: a\r\n", count: 20_000) + "\r\n"
                default: "GET /\(filler) HTTP/1.1\r\nHost: x\r\n\r\n"
                }

            // The server stops reading before the end, so the last bytes may not be accepted any more.
            try? await connection.send(head)
            let answer = String(decoding: try await connection.readUntilClosed(), as: UTF8.self)

            #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 431 ") || answer.hasPrefix("HTTP/1.1 414 "))
            #expect(try await server.client.get("/after").text == "[GET /after 0]")
        }
    }

    @Test(arguments: [1, 7, 1000]) func `a head is the same however it is cut`(length: Int) async throws {
        try await withServer(handler: echo) { server in
            let connection = try server.connect()
            let filler = String(repeating: "a", count: length * 28)
            let head = Array("GET /a HTTP/1.1\r\nHost: x\r\nAccept: */*\r\nX: \(filler)\r\nEmpty:\r\n\r\n".utf8)

            for _ in 1...3 {
                for start in stride(from: 0, to: head.count, by: length) {
                    try await connection.send(Array(head[start..<min(start + length, head.count)]))
                }
                #expect(try await connection.readResponse().text == "[GET /a 0]")
            }
        }
    }

    @Test func `a header near the limit is accepted`() async throws {
        try await withServer(handler: echo) { server in
            let filler = String(repeating: "a", count: 30 << 10)

            let response = try await server.client.get("/", headers: ["X-Filler": filler])

            #expect(response.status == 200)
        }
    }
}
