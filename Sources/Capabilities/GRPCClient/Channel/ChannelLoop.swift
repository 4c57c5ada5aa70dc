import Concurrency

/// A channel's state: its calls and connections. Everything here runs on the channel's thread.
actor ChannelLoop {
    let configuration: ChannelConfiguration
    let thread: PollingThread
    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }
    let resolver = WorkerThreads(name: "grpc-dns", count: 1)
    /// What the last connection was secured with.
    var tls: TLSContext?

    /// The connection that is being opened.
    var opening: Connection?
    /// Connections that take calls; more than one when the server allows few calls on each.
    var open: [Connection] = []
    /// Connections that take no more calls and end with those they have.
    var draining: [Connection] = []
    var calls: [CallID: Call] = [:]
    /// Calls that no connection has taken yet, in the order in which they came.
    var waiting: [Call] = []
    /// Whether some that wait have ended.
    private var hasEndedWaiting = false
    /// No call's deadline is before this; looking through thousands of calls at every turn would cost more than they.
    private var earliestDeadline: ContinuousClock.Instant?

    var isResolving = false
    /// Addresses still to be tried in this round.
    var untried: [Address] = []
    var backoff = Backoff()
    var isClosed = false
    var state = GRPCChannel.State.idle

    init(_ configuration: ChannelConfiguration, on thread: PollingThread) throws(TLSFault) {
        self.configuration = configuration
        self.thread = thread
        tls = try configuration.tls.map { tls throws(TLSFault) in try TLSContext(tls, host: configuration.host) }
    }

    var connections: [Connection] { draining + open + [opening].compactMap { $0 } }

    func perform(_ id: CallID, _ method: String, _ message: [UInt8], timeout: Duration) async throws -> [UInt8] {
        // Looked at here, where `cancel` runs too: whichever comes first, the other sees it.
        try Task.checkCancellation()
        guard !isClosed else { throw GRPCError(.cancelled, "the channel is closed") }
        guard calls.count < configuration.maximumCalls else {
            throw GRPCError(.resourceExhausted, "more than \(configuration.maximumCalls) calls at once")
        }
        return try await withCheckedThrowingContinuation { continuation in
            let call = Call(id, method, message, timeout: timeout, continuation)
            calls[id] = call
            waiting.append(call)
            earliestDeadline = min(earliestDeadline ?? call.deadline, call.deadline)
        }
    }

    func cancel(_ id: CallID) {
        if let call = calls[id] { end(call, .failure(CancellationError())) }
    }

    func close() {
        isClosed = true
        for call in Array(calls.values) { end(call, .failure(GRPCError(.cancelled, "the channel is closed"))) }
        for connection in connections { connection.sayGoodbye() }
        (opening, open, draining, waiting, untried) = (nil, [], [], [], [])
    }

    func end(_ call: Call, _ result: Result<[UInt8], any Error>) {
        calls[call.id] = nil
        if let stream = call.stream {
            for connection in connections where connection.http.streams[stream] === call {
                connection.http.cancel(stream)
            }
        } else {
            hasEndedWaiting = true
        }
        call.finish(result)
    }
}

// The thread's turns.
extension ChannelLoop {
    /// Sends what waits, waits for the sockets, and deals with what they bring.
    func turn() {
        let now = ContinuousClock.now
        expireCalls(at: now)
        forgetEndedWaiting()
        sendWaiting()
        for connection in connections {
            connection.keepAlive(after: configuration.pingAfter, timeout: configuration.pingTimeout)
            connection.flush()
        }
        settleConnections()
        for connection in waitForSockets() { connection.ready() }
        settleConnections()
    }

    private func expireCalls(at now: ContinuousClock.Instant) {
        guard let earliest = earliestDeadline, earliest <= now else { return }
        for call in Array(calls.values) where call.deadline <= now { end(call, .failure(GRPCError.late(call.timeout))) }
        earliestDeadline = calls.values.lazy.map(\.deadline).min()
    }

    private func forgetEndedWaiting() {
        if hasEndedWaiting { waiting.removeAll { !$0.isOpen } }
        hasEndedWaiting = false
    }

    /// Gives the calls that wait to connections with room for them; what is left over is a reason for another one.
    private func sendWaiting() {
        guard !waiting.isEmpty, !isClosed else { return }
        var rest = waiting[...]
        for connection in open {
            while connection.http.hasRoom, let call = rest.first, connection.http.submit(call, header(of: call)) {
                connection.lastUsed = .now
                rest.removeFirst()
            }
        }
        if rest.count < waiting.count { waiting = Array(rest) }
        if !waiting.isEmpty, opening == nil, open.count < configuration.maximumConnections { openConnection() }
    }

    private func header(of call: Call) -> [(name: String, value: String)] {
        [
            (":method", "POST"), (":scheme", configuration.tls == nil ? "http" : "https"), (":path", call.method),
            (":authority", configuration.authority), ("te", "trailers"), ("content-type", "application/grpc"),
            ("user-agent", "atelier"), ("grpc-timeout", call.remainingTime),
        ] + configuration.metadata.fields
    }

    /// When something is to be done even if nothing comes; nil when there is nothing.
    var nextMoment: ContinuousClock.Instant? {
        var moments = connections.compactMap { connection in
            connection.isOpen
                ? connection.nextKeepAlive(after: configuration.pingAfter, timeout: configuration.pingTimeout)
                : connection.openedAt + configuration.connectTimeout
        }
        if let earliestDeadline { moments.append(earliestDeadline) }
        let needsConnection = !waiting.isEmpty && opening == nil && open.count < configuration.maximumConnections
        if needsConnection, !isResolving { moments.append(backoff.retryAt) }
        return moments.min()
    }
}
