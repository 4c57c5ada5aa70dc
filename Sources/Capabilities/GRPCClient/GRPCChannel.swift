import Concurrency

/// Unary gRPC calls to one server over HTTP/2.
///
/// Any number of calls share one connection, which is opened with the first, replaced when the server asks for it or it
/// breaks, and opened again with a growing pause while the server is away. Calls that the server is known not to have
/// seen are sent again by themselves; whether others may be is for the caller to say.
///
/// - SeeAlso: gRPC over HTTP/2, `PROTOCOL-HTTP2.md` of gRPC.
public final class GRPCChannel: Sendable {
    private let thread: PollingThread
    private let loop: ChannelLoop

    /// Prepares a channel; nothing is opened yet.
    /// - Throws: ``TLSFault`` when a certificate or key cannot be used.
    public init(_ configuration: ChannelConfiguration) throws(TLSFault) {
        let thread = PollingThread(name: "grpc")
        let loop = try ChannelLoop(configuration, on: thread)
        self.thread = thread
        self.loop = loop
        thread.start { loop.assumeIsolated { $0.turn() } }
    }

    deinit { thread.stop() }

    /// Calls `method` and returns the answer's message.
    /// - Parameters:
    ///   - method: `/package.Service/Method`.
    ///   - message: The encoded request.
    ///   - timeout: How long it may take, opening the connection included.
    /// - Throws: ``GRPCError``; `CancellationError` when the caller is cancelled, and the server is told.
    public func call(_ method: String, _ message: [UInt8], timeout: Duration) async throws -> [UInt8] {
        let id = CallID.next()
        return try await withTaskCancellationHandler {
            try await loop.perform(id, method, message, timeout: timeout)
        } onCancel: { [loop] in
            // Short, and nobody waits for it: the call itself ends with it.
            Task { await loop.cancel(id) }
        }
    }

    /// How the connection is doing.
    public func state() async -> State { await loop.state }

    /// Ends every call and closes the connection; later calls fail as cancelled.
    public func close() async {
        await loop.close()
        thread.stop()
    }

    /// What became of the newest connection.
    public enum State: Sendable, Equatable {
        /// No call has needed one yet.
        case idle
        case connecting
        case open
        /// It could not be opened, or broke.
        case failed(String)
    }
}
