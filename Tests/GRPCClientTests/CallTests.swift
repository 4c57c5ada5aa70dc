import AtelierTesting
import Concurrency
import GRPCClient
import Testing

@Suite(.timeLimit(.minutes(2))) struct `Calls on a channel` {
    @Test func `that the server refuses are sent again by themselves`() async throws {
        try await withRawServer { connection in
            let peer = try await HTTP2Peer(connection)
            try await peer.reset(try await peer.call(), code: 7)
            try await peer.answer(try await peer.call())
            _ = try await connection.readUntilClosed()
        } _: { server in
            let channel = try GRPCChannel.local(server.port)

            let failure = try await channel.failure()

            #expect(failure == nil)
        }
    }

    @Test func `that the server always refuses fail in the end`() async throws {
        try await withRawServer { connection in
            let peer = try await HTTP2Peer(connection)
            while true { try await peer.reset(try await peer.call(), code: 7) }
        } _: { server in
            let channel = try GRPCChannel.local(server.port)

            let failure = try await channel.failure()

            #expect(failure == GRPCError(.unavailable, "the server refused the stream"))
        }
    }

    @Test func `that a leaving server has not seen go to another connection`() async throws {
        let first = Locked(true)
        try await withRawServer { connection in
            let peer = try await HTTP2Peer(connection)
            let stream = try await peer.call()
            let isFirst = first.withLock { first in
                defer { first = false }
                return first
            }
            if isFirst { try await peer.goAway(last: 0) } else { try await peer.answer(stream) }
            _ = try await connection.readUntilClosed()
        } _: { server in
            let channel = try GRPCChannel.local(server.port)

            let failure = try await channel.failure()

            #expect(failure == nil)
            #expect(server.acceptedCount == 2)
        }
    }

    @Test func `that a leaving server has begun end where they are, and new ones elsewhere`() async throws {
        let (hasLeft, mayAnswer) = (ShutdownSignal(), ShutdownSignal())
        try await withRawServer { connection in
            let peer = try await HTTP2Peer(connection)
            let stream = try await peer.call()
            if !hasLeft.isTriggered {
                try await peer.goAway(last: stream)
                hasLeft.trigger()
                await mayAnswer.wait()
            }
            try await peer.answer(stream, [1])
            _ = try await connection.readUntilClosed()
        } _: { server in
            let channel = try GRPCChannel.local(server.port)

            async let old = channel.call("/test.Service/Method", [], timeout: .seconds(10))
            await hasLeft.wait()
            let new = try await channel.failure()
            mayAnswer.trigger()

            #expect(new == nil)
            #expect(try await old == [1])
        }
    }

    @Test func `that are cancelled are reset on the server`() async throws {
        let (begun, reset) = (ShutdownSignal(), ShutdownSignal())
        let code = Locked<[UInt8]>([])
        try await withRawServer { connection in
            let peer = try await HTTP2Peer(connection)
            _ = try await peer.call()
            begun.trigger()
            let frame = try await peer.next(.reset)
            code.withLock { $0 = frame.payload }
            reset.trigger()
        } _: { server in
            let channel = try GRPCChannel.local(server.port)
            let task = Task { try await channel.call("/test.Service/Method", [], timeout: .seconds(60)) }
            await begun.wait()

            task.cancel()

            await #expect(throws: CancellationError.self) { _ = try await task.value }
            await reset.wait()
            #expect(code.withLock { $0 } == [0, 0, 0, 8])
            await channel.close()
        }
    }

    @Test func `of a cancelled task do not begin`() async throws {
        let channel = try GRPCChannel.local(1)
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await channel.call("/test.Service/Method", [], timeout: .seconds(60))
        }

        await #expect(throws: CancellationError.self) { _ = try await task.value }
    }

    @Test func `that take too long are late, and reset on the server`() async throws {
        let reset = ShutdownSignal()
        try await withRawServer { connection in
            let peer = try await HTTP2Peer(connection)
            _ = try await peer.next(.reset)
            reset.trigger()
        } _: { server in
            let channel = try GRPCChannel.local(server.port)

            let failure = try await channel.failure(timeout: .milliseconds(200))

            #expect(failure?.code == .deadlineExceeded)
            await reset.wait()
            await channel.close()
        }
    }

    @Test func `beyond the limit are refused at once`() async throws {
        let begun = Turnstile()
        try await withRawServer { connection in
            let peer = try await HTTP2Peer(connection)
            while true {
                _ = try await peer.call()
                await begun.pass()
            }
        } _: { server in
            let channel = try GRPCChannel.local(server.port) { $0.maximumCalls = 1 }
            async let first = channel.failure()
            await begun.whenArrived(1)

            let second = try await channel.failure()

            #expect(second == GRPCError(.resourceExhausted, "more than 1 calls at once"))
            await channel.close()
            #expect(try await first?.code == .cancelled)
        }
    }

    @Test func `end when the channel is closed, and none begins afterwards`() async throws {
        let begun = ShutdownSignal()
        try await withRawServer { connection in
            let peer = try await HTTP2Peer(connection)
            _ = try await peer.call()
            begun.trigger()
            _ = try await connection.readUntilClosed()
        } _: { server in
            let channel = try GRPCChannel.local(server.port)
            async let running = channel.failure()
            await begun.wait()

            await channel.close()

            #expect(try await running?.code == .cancelled)
            #expect(try await channel.failure()?.code == .cancelled)
            await channel.close()
        }
    }
}
