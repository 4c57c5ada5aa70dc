import AtelierTesting
import Concurrency
import Foundation
import GRPCClient
import Testing

@Suite(.enabled(if: TemporalServer.sharedPort != nil), .timeLimit(.minutes(3)))
struct `Outages between a channel and its server` {
    private func withProxy(
        _ change: (inout ChannelConfiguration) -> Void = { _ in },
        _ body: (ServerProxy, GRPCChannel) async throws -> Void
    ) async throws {
        let proxy = ServerProxy(to: try #require(TemporalServer.sharedPort))
        defer { proxy.stop() }
        let channel = try GRPCChannel.local(proxy.port, change)
        try await channel.untilItAnswers()
        try await body(proxy, channel)
        await channel.close()
    }

    @Test func `that cut every connection fail calls at once, and calls succeed when they are over`() async throws {
        try await withProxy { proxy, channel in
            let poll = Poll(queue: "nobody-\(UUID())").protoBytes
            let calls = (0..<50).map { _ in
                Task { try await channel.call(Poll.method, poll, timeout: .seconds(60)) }
            }
            try await channel.ask()

            proxy.weather = .down

            for call in calls {
                let failure = await #expect(throws: GRPCError.self) { _ = try await call.value }
                #expect(failure?.code == .unavailable)
            }
            let during = try await channel.answerFailure()
            #expect(during?.code == .unavailable)
            proxy.weather = .fair
            try await channel.untilItAnswers()
        }
    }

    @Test func `that swallow every byte let calls end in their time`() async throws {
        try await withProxy { proxy, channel in
            proxy.weather = .silent
            let start = ContinuousClock.now

            let failures = try await (0..<20).concurrentMap(atMost: 20) { _ in
                try await channel.answerFailure(timeout: .milliseconds(300))
            }

            #expect(failures.allSatisfy { $0?.code == .deadlineExceeded })
            #expect(ContinuousClock.now - start < .seconds(10))
            proxy.weather = .fair
            #expect(try await channel.answerFailure() == nil)
        }
    }

    @Test func `that swallow every byte are noticed, and another connection is opened`() async throws {
        try await withProxy {
            $0.pingAfter = .milliseconds(500)
            $0.pingTimeout = .seconds(1)
            $0.connectTimeout = .seconds(1)
        } _: { proxy, channel in
            proxy.weather = .silent

            let during = try await channel.answerFailure(timeout: .seconds(30))

            #expect(during?.message == "the connection broke: the server gives no sign of life")
            proxy.weather = .fair
            try await channel.untilItAnswers()
            #expect(proxy.acceptedCount > 1)
        }
    }

    @Test func `that take an answer away fail the call, since the server has seen it`() async throws {
        try await withProxy { proxy, channel in
            proxy.weather = .cutsReplies

            let failure = try await channel.answerFailure()

            #expect(failure?.code == .unavailable)
            #expect(try await channel.answerFailure() == nil)
        }
    }

    @Test func `of a connection that was idle are met before the next call, not by it`() async throws {
        try await withProxy {
            $0.pingAfter = .milliseconds(500)
            $0.pingTimeout = .seconds(1)
        } _: { proxy, channel in
            proxy.weather = .silent
            while await channel.state() == .open { try await Task.sleep(for: .milliseconds(10)) }
            proxy.weather = .fair

            #expect(try await channel.answerFailure() == nil)
        }
    }

    @Test func `that a server makes by sending clients away every two seconds fail no call`() async throws {
        let port = sparePort()
        let server = try await TemporalServer.start(
            on: port,
            [
                "--dynamic-config-value", "frontend.keepAliveMaxConnectionAge=\"2s\"",
                "--dynamic-config-value", "frontend.keepAliveMaxConnectionAgeGrace=\"3s\"",
                "--dynamic-config-value", "frontend.rps=100000",
            ])
        let proxy = ServerProxy(to: port)
        let channel = try GRPCChannel.local(proxy.port)
        let end = ContinuousClock.now + .seconds(7)

        let counts = try await (0..<16).concurrentMap(atMost: 16) { _ in
            var count = 0
            while ContinuousClock.now < end {
                try await channel.ask()
                count += 1
            }
            return count
        }

        #expect(counts.allSatisfy { $0 > 10 })
        #expect(proxy.acceptedCount >= 3)
        await channel.close()
        proxy.stop()
        await server.crash()
    }

    @Test func `by a server that is killed and comes back are over when it is back`() async throws {
        try await withTemporaryFolder { folder in
            let port = sparePort()
            let options = ["--db-filename", folder.file("temporal.db")]
            var server = try await TemporalServer.start(on: port, options)
            let channel = try GRPCChannel.local(port)
            let poll = Poll(queue: "nobody-\(UUID())").protoBytes

            for _ in 0..<2 {
                let call = Task { try await channel.call(Poll.method, poll, timeout: .seconds(60)) }
                try await channel.ask()
                await server.crash()
                let failure = await #expect(throws: GRPCError.self) { _ = try await call.value }
                #expect(failure?.code == .unavailable)
                let during = try await channel.answerFailure()
                #expect(during?.code == .unavailable)
                #expect(during?.message.contains("cannot be reached") == true)

                server = try await TemporalServer.start(on: port, options)
                try await channel.untilItAnswers()
            }
            await server.crash()
        }
    }
}
