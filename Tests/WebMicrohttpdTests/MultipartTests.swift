import AtelierTesting
import Concurrency
import Foundation
import Testing
import Web

@testable import WebMicrohttpd

/// A multipart body and what has to become of it.
struct MultipartCase: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var contentType = "multipart/form-data; boundary=XX"
    let body: String
    let answer: String

    static let disposition = "Content-Disposition: form-data; name="

    static let all: [MultipartCase] = [
        MultipartCase(
            testDescription: "two files and a field",
            body: "--XX\r\n\(disposition)\"a\"; filename=\"1.jpg\"\r\nContent-Type: image/jpeg\r\n\r\none\r\n"
                + "--XX\r\n\(disposition)\"b\"; filename=\"2.png\"\r\n\r\ntwo\r\nlines\r\n"
                + "--XX\r\n\(disposition)c\r\n\r\nthree\r\n--XX--\r\n",
            answer: "a|1.jpg|image/jpeg|one;b|2.png|-|two\r\nlines;c|-|-|three"),
        MultipartCase(
            testDescription: "an empty file", body: "--XX\r\n\(disposition)\"a\"; filename=\"\"\r\n\r\n\r\n--XX--\r\n",
            answer: "a||-|"),
        MultipartCase(testDescription: "no parts", body: "--XX--\r\n", answer: ""),
        MultipartCase(
            testDescription: "text before and after",
            body: "before\r\n--XX\r\n\(disposition)\"a\"\r\n\r\n1\r\n--XX--\r\nafter --XX", answer: "a|-|-|1"),
        MultipartCase(
            testDescription: "blanks after a boundary",
            body: "--XX \t\r\n\(disposition)\"a\"\r\n\r\n1\r\n--XX--\r\n", answer: "a|-|-|1"),
        MultipartCase(
            testDescription: "content that looks like a boundary",
            body: "--XX\r\n\(disposition)\"a\"\r\n\r\n--XX\r--XX\n--X\r\n--X\r\r\n-\r\n--XX--\r\n",
            answer: "a|-|-|--XX\r--XX\n--X\r\n--X\r\r\n-"),
        MultipartCase(
            testDescription: "parameters after the boundary",
            contentType: "multipart/form-data; boundary=XX; charset=utf-8",
            body: "--XX\r\n\(disposition)\"a\"\r\n\r\n1\r\n--XX--\r\n", answer: "a|-|-|1"),
        MultipartCase(
            testDescription: "a quoted boundary and capitals",
            contentType: "Multipart/Form-Data;Boundary=\"X X;=\"",
            body: "--X X;=\r\nCONTENT-DISPOSITION: Form-Data; NAME=\"a\"\r\n\r\n1\r\n--X X;=--\r\n", answer: "a|-|-|1"),
        MultipartCase(
            testDescription: "quotes, backslashes and a climbing path in a file name stay a label",
            body: "--XX\r\n\(disposition)\"a\"; filename=\"C:\\x\\..\\\"q\\\";b.jpg\"\r\n\r\n1\r\n--XX--\r\n",
            answer: "a|C:\\x\\..\"q\";b.jpg|-|1"),
        MultipartCase(
            testDescription: "a part without a name", body: "--XX\r\nContent-Type: text/plain\r\n\r\n1\r\n--XX--\r\n",
            answer: "400 A part of the multipart body has no name."),
        MultipartCase(
            testDescription: "a part without header lines", body: "--XX\r\n\r\n1\r\n--XX--\r\n",
            answer: "400 A part of the multipart body has no name."),
        MultipartCase(
            testDescription: "a header line without a colon", body: "--XX\r\nnonsense\r\n\r\n1\r\n--XX--\r\n",
            answer: "400 A header line of a part has no colon."),
        MultipartCase(
            testDescription: "a truncated body", body: "--XX\r\n\(disposition)\"a\"; filename=\"1\"\r\n\r\none",
            answer: "400 The multipart body ends before its closing boundary."),
        MultipartCase(
            testDescription: "an empty body", body: "",
            answer: "400 The multipart body ends before its closing boundary."),
        MultipartCase(
            testDescription: "a boundary that goes on",
            body: "--XX\r\n\(disposition)\"a\"\r\n\r\n1\r\n--XXY\r\n--XX--\r\n",
            answer: "400 A multipart boundary is followed by other text."),
        MultipartCase(
            testDescription: "endless header lines",
            body: "--XX\r\n\(disposition)\"\(String(repeating: "a", count: 9000))\"\r\n\r\n1\r\n--XX--\r\n",
            answer: "400 The header of a multipart part is over 8192 bytes."),
        MultipartCase(
            testDescription: "too many parts",
            body: String(repeating: "--XX\r\n\(disposition)\"a\"\r\n\r\n1\r\n", count: 5) + "--XX--\r\n",
            answer: "400 The multipart body has more than 4 parts."),
        MultipartCase(
            testDescription: "a part over its limit",
            body: "--XX\r\n\(disposition)\"a\"\r\n\r\n\(String(repeating: "1", count: 20_001))\r\n--XX--\r\n",
            answer: "413 20000"),
        MultipartCase(
            testDescription: "a part of exactly its limit",
            body: "--XX\r\n\(disposition)\"a\"\r\n\r\n\(String(repeating: "1", count: 20_000))\r\n--XX--\r\n",
            answer: "a|-|-|\(String(repeating: "1", count: 20_000))"),
        MultipartCase(
            testDescription: "a urlencoded form", contentType: "application/x-www-form-urlencoded", body: "a=1",
            answer: "415 Send the body as multipart/form-data."),
        MultipartCase(
            testDescription: "no boundary", contentType: "multipart/form-data", body: "--XX--\r\n",
            answer: "415 The multipart content type needs a boundary of 1 to 70 characters."),
        MultipartCase(
            testDescription: "an endless boundary",
            contentType: "multipart/form-data; boundary=\(String(repeating: "a", count: 71))", body: "",
            answer: "415 The multipart content type needs a boundary of 1 to 70 characters."),
    ]
}

@Suite struct `Multipart bodies` {
    @Test(arguments: MultipartCase.all)
    func `every body gets its one clear answer and leaves no file`(_ example: MultipartCase) async throws {
        try await withFolder { folder in
            try await withServer(handler: { await describeParts(of: $0, in: folder) }) { server in
                let response = try await server.client.send(
                    "POST", "/", headers: ["Content-Type": example.contentType], body: Array(example.body.utf8))

                #expect(response.text == example.answer)
                #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [])
            }
        }
    }

    @Test func `the result does not depend on where the body is cut`() throws {
        for example in MultipartCase.all.prefix(6) {
            let body = Array(example.body.utf8)
            for length in [1, 2, 3, 5, 7, 11, body.count] {
                var parts = CollectedParts()
                var parser = MultipartParser(boundary: "XX")
                for start in stride(from: 0, to: body.count, by: length) {
                    try parser.feed(Array(body[start..<min(start + length, body.count)]), into: &parts)
                }
                try parser.finish()
                #expect(parts.description == example.answer, "\(example.testDescription), in pieces of \(length)")
            }
        }
    }

    @Test func `a client that leaves amid a file leaves no file behind`() async throws {
        try await withFolder { folder in
            let done = Event<RequestBodyError?>()
            let handler: HTTPHandler = { request in
                do throws(RequestBodyError) {
                    _ = try await request.body.multipart(
                        limits: .init(parts: 4, bytesInPart: 1 << 20), spoolingTo: folder)
                    done.fire(nil)
                } catch { done.fire(error) }
                return .text("")
            }
            try await withServer(handler: handler) { server in
                let connection = try server.connect()
                try await connection.send(
                    "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=XX\r\n"
                        + "Content-Length: 100000\r\n\r\n--XX\r\n\(MultipartCase.disposition)\"a\"\r\n\r\nsome bytes")
                await connection.close()

                #expect(try await done.value() == .disconnected)
                #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [])
            }
        }
    }

    /// In a process of its own, where no other test takes memory meanwhile.
    @Test func `a file of 50 MB costs little memory`() async throws {
        await #expect(processExitsWith: .success) {
            try await withFolder { folder in
                try await withServer(handler: { await countBytes(of: $0, in: folder) }) { server in
                    // The first upload pays for threads and tables that stay.
                    _ = try await upload(byteCount: 1 << 20, to: server)
                    let before = residentKilobytes()

                    let highest = try await upload(byteCount: 50 << 20, to: server)

                    #expect(highest - before < 4 << 10)
                }
            }
        }
    }
}

/// Answers the sizes of the parts.
private func countBytes(of request: HTTPRequest, in folder: String) async -> HTTPResponse {
    do throws(RequestBodyError) {
        let limits = MultipartLimits(parts: 1, bytesInPart: 50 << 20)
        let parts = try await request.body.multipart(limits: limits, spoolingTo: folder)
        defer { for part in parts { part.remove() } }
        return .text("\(parts.map(\.byteCount))")
    } catch { return .text("\(error)", status: 400) }
}

/// Uploads a file piece by piece; returns the most memory in use meanwhile, in kilobytes.
private func upload(byteCount: Int, to server: RunningServer) async throws -> Int {
    let head = "--XX\r\n\(MultipartCase.disposition)\"file\"; filename=\"a\"\r\n\r\n"
    // Carriage returns: each might begin a boundary.
    let piece = [UInt8](repeating: 13, count: 64 << 10)
    let connection = try server.connect()
    try await connection.send(
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=XX\r\n"
            + "Content-Length: \(head.utf8.count + byteCount + 10)\r\n\r\n\(head)")
    var highest = 0
    for _ in 0..<(byteCount / piece.count) {
        try await connection.send(piece)
        highest = max(highest, residentKilobytes())
    }
    try await connection.send("\r\n--XX--\r\n")
    #expect(try await connection.readResponse().text == "[\(byteCount)]")
    return highest
}

/// Answers `name|file|type|content` for each part, or the fault.
private func describeParts(of request: HTTPRequest, in folder: String) async -> HTTPResponse {
    do throws(RequestBodyError) {
        let parts = try await request.body.multipart(limits: .init(parts: 4, bytesInPart: 20_000), spoolingTo: folder)
        defer { for part in parts { part.remove() } }
        return .text(
            parts.map { part in
                let content = FileManager.default.contents(atPath: part.path) ?? Data()
                #expect(content.count == part.byteCount)
                return "\(part.name)|\(part.fileName ?? "-")|\(part.contentType ?? "-")|"
                    + String(decoding: content, as: UTF8.self)
            }.joined(separator: ";"))
    } catch {
        switch error {
        case .malformed(let reason): return .text("400 \(reason)", status: 400)
        case .unsupported(let reason): return .text("415 \(reason)", status: 415)
        case .tooLarge(let limit): return .text("413 \(limit)", status: 413)
        case .disconnected, .noRoom: return .text("\(error)", status: 500)
        }
    }
}

/// Parts in memory, described as the handler above does.
private struct CollectedParts: MultipartSink {
    private var parts: [(head: MultipartHead, content: [UInt8])] = []
    private var finished = 0

    mutating func beginPart(_ head: MultipartHead) { parts.append((head, [])) }
    mutating func append(_ bytes: UnsafeRawBufferPointer) { parts[parts.count - 1].content += bytes }
    mutating func endPart() { finished += 1 }

    var description: String {
        #expect(finished == parts.count)
        return parts.map { head, content in
            "\(head.name)|\(head.fileName ?? "-")|\(head.contentType ?? "-")|\(String(decoding: content, as: UTF8.self))"
        }.joined(separator: ";")
    }
}

/// The memory of this process that is in use now.
private func residentKilobytes() -> Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
    return line.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) } ?? 0
}
