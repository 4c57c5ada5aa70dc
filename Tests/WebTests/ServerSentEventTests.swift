import Concurrency
import Foundation
import Testing

@testable import Web

/// A clock for one sleeper, whose sleeps end when the test says so.
private struct HandClock: WallClock {
    let now = Date(timeIntervalSince1970: 0)
    private let ticks = AsyncStream<Void>.makeStream()

    func sleep(for duration: Duration) async throws {
        for await _ in ticks.stream { return }
        try Task.checkCancellation()
    }
    func tick() { ticks.continuation.yield() }
}

@Suite struct `Server-sent events` {
    @Test(arguments: [
        (ServerSentEvent(data: "x"), "data: x\n\n"),
        (
            ServerSentEvent(id: "7", name: "progress", data: "a\nb\r\nc\rd", retry: .milliseconds(2500)),
            "id: 7\nevent: progress\nretry: 2500\ndata: a\ndata: b\ndata: c\ndata: d\n\n"
        ),
        (ServerSentEvent(data: ""), "data: \n\n"), (ServerSentEvent(data: "\n"), "data: \ndata: \n\n"),
        (ServerSentEvent(id: "1\ndata: forged", name: "a\u{0}b\r\nc", data: " x"), "id: 1\nevent: ab\ndata:  x\n\n"),
    ])
    func `are framed so that no content can forge a field`(event: ServerSentEvent, text: String) {
        #expect(String(decoding: event.bytes, as: UTF8.self) == text)
    }

    @Test func `carry JSON`() throws {
        let event = try ServerSentEvent(name: "state", json: Accepted(id: 3))
        #expect(
            String(decoding: event.bytes, as: UTF8.self) == "event: state\ndata: {\"id\":3,\"status\":\"pending\"}\n\n")
    }

    private static func producer(
        of response: HTTPResponse
    ) throws -> @Sendable (any ResponseWriter) async throws -> Void {
        guard case .stream(let produce) = response.body else { throw RequestBodyError.malformed("no stream") }
        return produce
    }

    @Test func `are sent as they arise and end with their producer`() async throws {
        let response = HTTPResponse.events(clock: HandClock()) { stream in
            try await stream.send(ServerSentEvent(data: "1"))
            try await stream.send(ServerSentEvent(data: "2"))
        }
        let writer = FakeWriter()

        try await Self.producer(of: response)(writer)

        #expect(await writer.next(2) == ["data: 1\n\n", "data: 2\n\n"])
        #expect(response.headers["Content-Type"] == "text/event-stream")
        #expect(response.headers["Cache-Control"] == "no-store")
    }

    @Test func `are joined by a heartbeat while nothing happens`() async throws {
        let clock = HandClock()
        let (goOn, go) = AsyncStream<Void>.makeStream()
        let response = HTTPResponse.events(clock: clock) { stream in
            for await _ in goOn { break }
            try await stream.send(ServerSentEvent(data: "end"))
        }
        let writer = FakeWriter()
        let produce = try Self.producer(of: response)
        let running = Task { try await produce(writer) }

        clock.tick()
        #expect(await writer.next(1) == [": \n\n"])
        go.yield()
        #expect(await writer.next(1) == ["data: end\n\n"])
        try await running.value
    }

    @Test func `stop their producer when the client leaves`() async throws {
        let clock = HandClock()
        let response = HTTPResponse.events(clock: clock) { _ in
            let (never, keepsOpen) = AsyncStream<Void>.makeStream()
            for await _ in never {}
            keepsOpen.finish()
            try Task.checkCancellation()
        }
        clock.tick()

        await #expect(throws: RequestBodyError.disconnected) {
            try await Self.producer(of: response)(FakeWriter(patience: 0))
        }
    }
}
