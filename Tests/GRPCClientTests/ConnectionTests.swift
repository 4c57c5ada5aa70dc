import AtelierTesting
import Concurrency
import GRPCClient
import Testing

@Suite(.timeLimit(.minutes(2))) struct `Connections of a channel` {
    @Test func `that nothing greets are given up`() async throws {
        try await withRawServer { connection in
            _ = try await connection.readUntilClosed()
        } _: { server in
            let channel = try GRPCChannel.local(server.port) { $0.connectTimeout = .milliseconds(200) }

            let failure = try await channel.failure()

            #expect(failure?.code == .unavailable)
            #expect(failure?.message == "127.0.0.1:\(server.port) cannot be reached: it does not answer")
        }
    }

    @Test(arguments: ["HTTP/1.1 400 Bad Request\r\n\r\n", "\u{0}\u{0}\u{8}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}12345678"])
    func `that speak something else are given up`(_ greeting: String) async throws {
        try await withRawServer { connection in
            try await connection.send(greeting)
            _ = try await connection.readUntilClosed()
        } _: { server in
            let channel = try GRPCChannel.local(server.port)

            let failure = try await channel.failure()

            #expect(failure?.code == .unavailable)
        }
    }

    @Test func `that break the protocol later fail their calls at once`() async throws {
        try await withRawServer { connection in
            let peer = try await HTTP2Peer(connection)
            _ = try await peer.call()
            try await peer.send(.data, stream: 0, payload: [1])
            _ = try await connection.readUntilClosed()
        } _: { server in
            let channel = try GRPCChannel.local(server.port)

            let failure = try await channel.failure()

            #expect(failure?.code == .unavailable)
        }
    }

    @Test func `that the server half-closes fail their calls at once`() async throws {
        try await withRawServer { connection in
            let peer = try await HTTP2Peer(connection)
            _ = try await peer.call()
            await connection.closeWriting()
            _ = try await connection.readUntilClosed()
        } _: { server in
            let channel = try GRPCChannel.local(server.port)

            let failure = try await channel.failure()

            #expect(failure?.code == .unavailable)
        }
    }

    @Test func `that fall silent are asked, and given up`() async throws {
        let asked = ShutdownSignal()
        try await withRawServer { connection in
            let peer = try await HTTP2Peer(connection)
            _ = try await peer.next(.ping)
            asked.trigger()
            _ = try await connection.readUntilClosed()
        } _: { server in
            let channel = try GRPCChannel.local(server.port) {
                $0.pingAfter = .milliseconds(100)
                $0.pingTimeout = .milliseconds(100)
            }

            let failure = try await channel.failure()

            #expect(failure == GRPCError(.unavailable, "the connection broke: the server gives no sign of life"))
            #expect(asked.isTriggered)
        }
    }

    @Test func `that answer when asked are kept`() async throws {
        try await withRawServer { connection in
            let peer = try await HTTP2Peer(connection)
            let stream = try await peer.call()
            for _ in 0..<3 {
                let ping = try await peer.next(.ping)
                try await peer.send(.ping, flags: 1, payload: ping.payload)
            }
            try await peer.answer(stream)
            _ = try await connection.readUntilClosed()
        } _: { server in
            let channel = try GRPCChannel.local(server.port) { $0.pingAfter = .milliseconds(50) }

            let failure = try await channel.failure()

            #expect(failure == nil)
            #expect(server.acceptedCount == 1)
        }
    }

    @Test func `are tried again after growing pauses, also where something accepts and hangs up`() async throws {
        try await withRawServer { connection in
            await connection.close()
        } _: { server in
            let channel = try GRPCChannel.local(server.port)
            let end = ContinuousClock.now + .milliseconds(600)

            var failures = 0
            while ContinuousClock.now < end {
                if try await channel.failure()?.code == .unavailable { failures += 1 }
            }

            // 50, 100, 200 and 400 ms at least four fifths long: never more than five in that time.
            #expect((1...5).contains(failures))
            #expect(server.acceptedCount <= failures + 1)
        }
    }

    @Test func `try every address of a name`() async throws {
        try await withRawServer { connection in
            let peer = try await HTTP2Peer(connection)
            try await peer.answer(try await peer.call())
            _ = try await connection.readUntilClosed()
        } _: { server in
            // Mostly ::1 first, where nobody listens.
            let channel = try GRPCChannel.local(server.port) { $0.host = "localhost" }

            let failure = try await channel.failure()

            #expect(failure == nil)
        }
    }

    @Test func `to a name that nobody knows fail with its name`() async throws {
        let channel = try GRPCChannel.local(7233) { $0.host = "nowhere.invalid" }

        let failure = try await channel.failure()

        #expect(failure?.code == .unavailable)
        #expect(failure?.message.contains("nowhere.invalid has no address") == true)
    }

    @Test func `come in addition where the server allows few calls on each`() async throws {
        let arrived = Turnstile()
        try await withRawServer { connection in
            let peer = try await HTTP2Peer(connection, settings: [(3, 1)])
            while true {
                let stream = try await peer.call()
                await arrived.pass()
                try await peer.answer(stream)
            }
        } _: { server in
            let channel = try GRPCChannel.local(server.port) { $0.maximumConnections = 2 }

            async let failures = (0..<3).concurrentMap(atMost: 3) { _ in try await channel.failure() }
            await arrived.whenArrived(2)

            #expect(server.acceptedCount == 2)
            await arrived.open()
            #expect(try await failures == [nil, nil, nil])
            #expect(server.acceptedCount == 2)
        }
    }
}
