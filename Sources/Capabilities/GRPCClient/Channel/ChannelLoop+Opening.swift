import Concurrency

// How a connection comes about: every address of the host in turn, then a pause.
extension ChannelLoop {
    /// Begins an attempt, unless one is under way or it is too early for one.
    func openConnection() {
        guard !isResolving, backoff.retryAt <= .now else { return }
        isResolving = true
        state = open.isEmpty ? .connecting : state
        backoff.begin(at: .now)
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
            tryNext(after: "\(configuration.host) has no address")
        case .failure(let fault): giveUp("\(configuration.host) has no address: \(fault.reason)")
        }
    }

    /// Connects to the next address.
    /// - Parameter reason: Why the last one failed.
    func tryNext(after reason: String) {
        guard !untried.isEmpty else { return giveUp(reason) }
        let address = untried.removeFirst()
        // Files are read anew, so that a renewed certificate counts; while they are being replaced the last ones do.
        if let settings = configuration.tls, let fresh = try? TLSContext(settings, host: configuration.host) {
            tls = fresh
        }
        switch address.connect() {
        case .success(let descriptor): opening = makeConnection(on: descriptor)
        case .failure(let fault): tryNext(after: fault.reason)
        }
    }

    private func makeConnection(on descriptor: Int32) -> Connection {
        let http = HTTP2Session(maximumAnswer: configuration.maximumAnswer)
        guard let tls else { return Connection(descriptor, http) }
        switch tls.makeStream(on: descriptor) {
        case .success(let stream): return Connection(descriptor, http, tls: stream)
        case .failure(let fault):
            // Broken from the start: what was to be encrypted never goes out in clear text.
            let connection = Connection(descriptor, http)
            connection.fail("TLS: \(fault)")
            return connection
        }
    }

    /// No address answers: everything that waits fails now, and the next attempt is made after a pause.
    ///
    /// Where other connections are open, the calls wait for room on those.
    private func giveUp(_ reason: String) {
        backoff.fail(at: .now)
        guard open.isEmpty else { return }
        state = .failed(reason)
        let calls = waiting
        waiting = []
        let (host, port) = (configuration.host, configuration.port)
        for call in calls where call.isOpen {
            end(call, .failure(GRPCError(.unavailable, "\(host):\(port) cannot be reached: \(reason)")))
        }
    }
}
