import CLinux
import Concurrency
import Glibc

/// A channel's state and its waiting: everything here runs on the channel's thread.
actor ChannelLoop {
    private let configuration: ChannelConfiguration
    private let thread: PollingThread
    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }
    private let tls: TLSContext?
    private let resolver = WorkerThreads(name: "grpc-dns", count: 1)

    private var connection: Connection?
    /// Connections that take no more calls and end with those they have.
    private var draining: [Connection] = []
    private var calls: [CallID: Call] = [:]
    /// Calls that no connection has taken yet.
    private var waiting: [Call] = []
    private var isResolving = false
    /// Addresses still to be tried in this round.
    private var untried: [Address] = []
    private var pause = Duration.milliseconds(50)
    private var retryAt = ContinuousClock.now
    private var isClosed = false
    private(set) var state = GRPCChannel.State.idle

    init(_ configuration: ChannelConfiguration, on thread: PollingThread) throws(TLSFault) {
        self.configuration = configuration
        self.thread = thread
        tls = try configuration.tls.map { tls throws(TLSFault) in try TLSContext(tls, host: configuration.host) }
    }

    func perform(_ id: CallID, _ method: String, _ message: [UInt8], timeout: Duration) async throws -> [UInt8] {
        // Looked at here, where `cancel` runs too: whichever comes first, the other sees it.
        try Task.checkCancellation()
        guard !isClosed else { throw GRPCError(.cancelled, "the channel is closed") }
        return try await withCheckedThrowingContinuation { continuation in
            let call = Call(id, method, message, timeout: timeout, continuation)
            calls[id] = call
            waiting.append(call)
        }
    }

    func cancel(_ id: CallID) {
        if let call = calls[id] { end(call, .failure(CancellationError())) }
    }

    func close() {
        isClosed = true
        for call in Array(calls.values) { end(call, .failure(GRPCError(.cancelled, "the channel is closed"))) }
        connection?.flush()
        (connection, draining, untried) = (nil, [], [])
    }
}

// The thread's turns.
extension ChannelLoop {
    /// Sends what waits, waits for the sockets, and deals with what they bring.
    func turn() {
        expireCalls()
        sendWaiting()
        for connection in connections {
            connection.keepAlive(after: configuration.pingAfter, timeout: configuration.pingTimeout)
            connection.flush()
        }
        settleConnections()
        let polled = connections
        for connection in wait(for: polled) { connection.ready() }
        settleConnections()
    }

    private var connections: [Connection] { draining + [connection].compactMap { $0 } }

    private func expireCalls() {
        let now = ContinuousClock.now
        for call in Array(calls.values) where call.deadline <= now { end(call, .failure(GRPCError.late(call.timeout))) }
    }

    private func sendWaiting() {
        guard !waiting.isEmpty, !isClosed else { return }
        guard let connection else { return openConnection() }
        guard connection.isOpen else { return }
        let calls = waiting
        waiting = []
        for call in calls where call.isOpen {
            guard connection.http.submit(call, header(of: call)) else { return retire(connection, resending: call) }
        }
    }

    /// The connection has used up its stream numbers.
    private func retire(_ connection: Connection, resending call: Call) {
        waiting = calls.values.filter { $0.stream == nil && $0.isOpen }
        draining.append(connection)
        self.connection = nil
    }

    private func header(of call: Call) -> [(name: String, value: String)] {
        let left = max(.milliseconds(1), call.deadline - .now)
        let milliseconds = left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000
        return [
            (":method", "POST"), (":scheme", tls == nil ? "http" : "https"), (":path", call.method),
            (":authority", configuration.tls?.serverName ?? "\(configuration.host):\(configuration.port)"),
            ("te", "trailers"), ("content-type", "application/grpc"), ("user-agent", "atelier"),
            ("grpc-timeout", "\(milliseconds)m"),
        ] + configuration.metadata.fields
    }

    /// - Returns: The connections that have something to say.
    private func wait(for connections: [Connection]) -> [Connection] {
        var descriptors = [pollfd(fd: thread.wakeDescriptor, events: Int16(POLLIN), revents: 0)]
        descriptors += connections.map { connection in
            let events = Int16(POLLIN) | (connection.wantsToWrite ? Int16(POLLOUT) : 0)
            return pollfd(fd: connection.descriptor, events: events, revents: 0)
        }
        let left = max(.zero, nextMoment - .now)
        let milliseconds = left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000 + 1
        _ = poll(&descriptors, nfds_t(descriptors.count), Int32(milliseconds))
        return zip(connections, descriptors.dropFirst()).filter { $1.revents != 0 }.map(\.0)
    }

    /// When something is to be done even if nothing comes.
    private var nextMoment: ContinuousClock.Instant {
        var moment = ContinuousClock.now + .seconds(5)
        if let deadline = calls.values.lazy.map(\.deadline).min() { moment = min(moment, deadline) }
        if connection == nil, !waiting.isEmpty, !isResolving { moment = min(moment, retryAt) }
        if let connection, !connection.isOpen {
            moment = min(moment, connection.openedAt + configuration.connectTimeout)
        }
        return moment
    }
}

// Opening, and what becomes of connections and calls.
extension ChannelLoop {
    private func openConnection() {
        guard !isResolving, retryAt <= .now else { return }
        if !untried.isEmpty { return connect() }
        isResolving = true
        state = .connecting
        let (host, port) = (configuration.host, configuration.port)
        // Ends with the lookup; the channel waits for its result.
        Task {
            let result = await resolver.run { Address.resolve(host, port: port) }
            resolved(result)
        }
    }

    private func resolved(_ result: Result<[Address], ResolverFault>) {
        isResolving = false
        guard !isClosed else { return }
        switch result {
        case .success(let addresses):
            untried = addresses
            connect()
        case .failure(let fault): giveUp("\(configuration.host) has no address: \(fault.reason)")
        }
    }

    private func connect() {
        guard let address = untried.first else { return giveUp("\(configuration.host) has no address") }
        untried.removeFirst()
        switch address.connect() {
        case .success(let descriptor):
            connection = Connection(descriptor, tls: tls, maximumAnswer: configuration.maximumAnswer)
        case .failure(let fault): tryNext(after: fault.reason)
        }
    }

    private func tryNext(after reason: String) {
        if untried.isEmpty { giveUp(reason) } else { connect() }
    }

    /// No address answers: everything that waits fails now, and the next attempt is made after a pause.
    private func giveUp(_ reason: String) {
        state = .failed(reason)
        retryAt = .now + pause
        pause = min(pause * 2, .seconds(5))
        let calls = waiting
        waiting = []
        for call in calls { end(call, .failure(GRPCError(.unavailable, unreachable(reason)))) }
    }

    private func unreachable(_ reason: String) -> String {
        "\(configuration.host):\(configuration.port) cannot be reached: \(reason)"
    }

    /// Ends calls whose streams ended, and parts with connections that are broken or done.
    private func settleConnections() {
        for connection in connections {
            for (call, code) in connection.http.takeEnded() { conclude(call, code) }
        }
        if let connection, !connection.isOpen, connection.fault == nil,
            ContinuousClock.now - connection.openedAt > configuration.connectTimeout
        {
            connection.fail("it does not answer")
        }
        settleCurrent()
        for old in draining where old.fault != nil { failCalls(of: old) }
        draining.removeAll { $0.fault != nil || $0.isIdle }
    }

    private func settleCurrent() {
        guard let current = connection else { return }
        if let fault = current.fault {
            connection = nil
            let wasOpen = state == .open
            failCalls(of: current)
            state = .failed(fault)
            if !wasOpen { tryNext(after: fault) }
        } else if current.isOpen {
            if state != .open { (state, pause, untried) = (.open, .milliseconds(50), []) }
            if current.http.isDraining {
                draining.append(current)
                connection = nil
                state = .idle
            }
        }
    }

    private func failCalls(of broken: Connection) {
        let reason = broken.fault ?? "the connection ended"
        for call in broken.http.takeStreams() {
            end(call, .failure(GRPCError(.unavailable, "the connection broke: \(reason)")))
        }
    }

    private func conclude(_ call: Call, _ code: UInt32) {
        switch call.ending(errorCode: code) {
        case .answered(let message): end(call, .success(message))
        case .failed(let error): end(call, .failure(error))
        case .refused where call.refusals < 5:
            call.refusals += 1
            call.rewind()
            waiting.append(call)
        case .refused: end(call, .failure(GRPCError(.unavailable, "the server refused the stream")))
        }
    }

    private func end(_ call: Call, _ result: Result<[UInt8], any Error>) {
        calls[call.id] = nil
        waiting.removeAll { $0 === call }
        if let stream = call.stream {
            for connection in connections where connection.http.streams[stream] === call {
                connection.http.cancel(stream)
            }
        }
        call.finish(result)
    }
}
