// What becomes of connections and the calls on them.
extension ChannelLoop {
    /// Ends calls whose streams ended, and parts with connections that are broken or done.
    func settleConnections() {
        for connection in connections {
            for (call, code) in connection.http.takeEnded() { conclude(call, code) }
        }
        settleOpening()
        settleOpen()
        for old in draining where old.fault != nil { failCalls(of: old) }
        draining.removeAll { $0.fault != nil || $0.isIdle }
    }

    private func settleOpening() {
        guard let connection = opening else { return }
        if !connection.isOpen, ContinuousClock.now - connection.openedAt > configuration.connectTimeout {
            connection.fail("it does not answer")
        }
        if let fault = connection.fault {
            opening = nil
            tryNext(after: fault)
        } else if connection.isOpen {
            opening = nil
            open.append(connection)
            untried = []
            backoff.succeed()
            state = .open
        }
    }

    private func settleOpen() {
        for connection in open {
            if let fault = connection.fault {
                failCalls(of: connection)
                state = .failed(fault)
            } else if connection.http.isDraining || isSurplus(connection) {
                connection.http.isDraining = true
                draining.append(connection)
                state = .idle
            }
        }
        open.removeAll { $0.fault != nil || $0.http.isDraining }
        if !open.isEmpty { state = .open }
    }

    /// Whether a connection that was opened for a rush has had nothing to do for a while.
    private func isSurplus(_ connection: Connection) -> Bool {
        open.count > 1 && connection !== open.first && connection.isIdle
            && ContinuousClock.now - connection.lastUsed > configuration.pingAfter
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
}
