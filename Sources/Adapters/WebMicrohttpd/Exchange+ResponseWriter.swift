import Web

extension Exchange: ResponseWriter {
    func write(_ bytes: [UInt8]) async throws(RequestBodyError) {
        let (isOpen, isFull) = change { state in
            guard state.outbound.isOpen else { return (false, false) }
            state.outbound.append(bytes)
            state.resume()
            return (true, state.outbound.isFull)
        }
        guard isOpen else { throw .disconnected }
        guard isFull else { return }
        await waitForReader()
        guard change({ $0.outbound.isOpen }) else { throw .disconnected }
    }

    /// Runs `produce` and ends the answer: properly, or by closing the connection when it throws.
    func stream(_ produce: @Sendable (any ResponseWriter) async throws -> Void) async -> (any Error)? {
        do {
            try await produce(self)
            change { state in
                state.outbound.end()
                state.resume()
            }
            return nil
        } catch {
            return change { state in
                // An event stream that was ended already, or a client that left: no fault of the producer.
                guard state.outbound.isOpen else { return nil }
                state.outbound.fail()
                state.resume()
                return error
            }
        }
    }

    private func waitForReader() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { writer in
                change { state in
                    if Task.isCancelled, state.outbound.isOpen { state.outbound.fail() }
                    state.outbound.wait(writer)
                }
            }
        } onCancel: {
            change { state in
                // An event stream that the server has ended still sends what was written.
                guard state.outbound.isOpen else { return }
                state.outbound.fail()
                state.resume()
            }
        }
    }
}
