import AtelierTesting
import GRPCClient
import Testing

@Suite(.timeLimit(.minutes(2))) struct `Answers of a server` {
    /// Calls a server that answers by `script`.
    private func failure(
        _ change: (inout ChannelConfiguration) -> Void = { _ in }, timeout: Duration = .seconds(10),
        _ script: @escaping @Sendable (HTTP2Peer, Int) async throws -> Void
    ) async throws -> GRPCError? {
        try await withRawServer { connection in
            let peer = try await HTTP2Peer(connection)
            while true { try await script(peer, try await peer.call()) }
        } _: { server in
            let channel = try GRPCChannel.local(server.port, change)
            let failure = try await channel.failure(timeout: timeout)
            await channel.close()
            return failure
        }
    }

    @Test func `bring their message`() async throws {
        try await withRawServer { connection in
            let peer = try await HTTP2Peer(connection)
            try await peer.answer(try await peer.call(), [1, 2, 3])
            _ = try await connection.readUntilClosed()
        } _: { server in
            let channel = try GRPCChannel.local(server.port)

            let answer = try await channel.call("/test.Service/Method", [], timeout: .seconds(10))

            #expect(answer == [1, 2, 3])
        }
    }

    @Test func `of one block tell status, message and details`() async throws {
        let failure = try await failure { peer, stream in
            let fields = [
                (":status", "200"), ("grpc-status", "5"), ("grpc-message", "kein%20Schl%C3%BCssel%zz"),
                ("grpc-status-details-bin", "CAUSAQE"),
            ]
            try await peer.send(fields, on: stream, isLast: true)
        }

        #expect(failure == GRPCError(.notFound, "kein Schlüssel%zz", details: [8, 5, 0x12, 1, 1]))
    }

    @Test(
        arguments: [
            ("400", .internalError), ("401", .unauthenticated), ("403", .permissionDenied), ("404", .unimplemented),
            ("429", .unavailable), ("502", .unavailable), ("503", .unavailable), ("504", .unavailable),
            ("418", .unknown),
        ] as [(String, GRPCError.Code)])
    func `of a proxy count by their HTTP status`(_ status: String, code: GRPCError.Code) async throws {
        let failure = try await failure { peer, stream in
            try await peer.send([(":status", status), ("content-type", "text/html")], on: stream, isLast: true)
        }

        #expect(failure == GRPCError(code, "the server answered with HTTP status \(status)"))
    }

    @Test func `without a status are no gRPC`() async throws {
        let failure = try await failure { peer, stream in
            try await peer.send([(":status", "200"), ("content-type", "text/html")], on: stream, isLast: true)
        }

        #expect(failure?.code == .unknown)
        #expect(failure?.message.contains("text/html") == true)
    }

    @Test(arguments: [[], [0, 0, 0], [0, 0, 0, 0, 9, 1], [0, 0, 0, 0, 0, 1], [1, 0, 0, 0, 0]] as [[UInt8]])
    func `with a broken message are faults of the server`(_ payload: [UInt8]) async throws {
        let failure = try await failure { peer, stream in
            try await peer.send([(":status", "200")], on: stream)
            try await peer.send(.data, stream: stream, payload: payload)
            try await peer.send([("grpc-status", "0")], on: stream, isLast: true)
        }

        #expect(failure?.code == .internalError)
    }

    @Test func `larger than allowed are broken off for good`() async throws {
        let failure = try await failure {
            $0.maximumAnswer = 10
        } _: { peer, stream in
            try await peer.answer(stream, [UInt8](repeating: 0, count: 1000))
        }

        #expect(failure == GRPCError(.resourceExhausted, "received message larger than max (10 bytes)"))
    }

    @Test func `with endless header fields are broken off`() async throws {
        let failure = try await failure { peer, stream in
            let filler = String(repeating: "x", count: 15_000)
            for _ in 0..<6 { try await peer.send([(":status", "103"), ("filler", filler)], on: stream) }
            try await peer.answer(stream)
        }

        #expect(failure?.code == .resourceExhausted)
    }

    @Test(
        arguments: [(2, .unavailable), (8, .cancelled), (11, .resourceExhausted), (12, .permissionDenied)]
            as [(UInt32, GRPCError.Code)])
    func `cut by a reset count by its code`(_ reset: UInt32, code: GRPCError.Code) async throws {
        let failure = try await failure { peer, stream in try await peer.reset(stream, code: reset) }

        #expect(failure?.code == code)
    }

    @Test func `reset as the time runs out are late`() async throws {
        let failure = try await failure(timeout: .milliseconds(90)) { peer, stream in
            try await peer.reset(stream, code: 8)
        }

        #expect(failure?.code == .deadlineExceeded)
    }
}
