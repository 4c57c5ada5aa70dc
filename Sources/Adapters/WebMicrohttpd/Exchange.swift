import CMicrohttpd
import Concurrency
import Web

/// One request and its answer: where the library's threads and the handler's task meet.
///
/// Two rules make that safe. The library may be told things only inside its callbacks; the one call made from
/// elsewhere is `MHD_resume_connection`, which it declares thread-safe, by whoever turns `isSuspended` from true to
/// false. And all state is behind one lock, so that "nothing to do, so suspend" and "something to do, so resume" can
/// never miss each other.
final class Exchange: Sendable {
    /// What the library's callback has to do next.
    enum Step {
        /// Go on; bytes that were handed in are dealt with.
        case took
        /// Nothing: the connection is suspended, bytes that were handed in have to be offered again.
        case parked
        /// Close the connection without an answer.
        case close
        /// Queue this answer.
        case send(HTTPResponse)
    }

    struct State {
        var isSuspended = false
        /// The library has let go of the request: the connection must not be touched.
        var isGone = false
        /// The client left or the server stops: the connection is to be closed.
        var isAbandoned = false
        /// The handler has asked for the body.
        var wantsBody = false
        /// The library has been told to read the body.
        var isReceiving = false
        var isAnsweredDirectly = false
        var answer: HTTPResponse?
        var isAnswerTaken = false
        var streamsEvents = false
        var task: Task<Void, Never>?
        /// How long the server was waiting for the client to send more of the body.
        var starvedFor = Duration.zero
        var drained = 0
        var inbound = InboundBytes()
        var outbound = OutboundBytes()
        fileprivate var mustResume = false

        /// Has the library look at the request again, once the lock is released.
        mutating func resume() {
            guard isSuspended, !isGone else { return }
            isSuspended = false
            mustResume = true
        }
    }

    let client: ClientConnection
    let head: ReceivedHead
    let configuration: ServerConfiguration
    private let connection: ConnectionHandle
    private let state: Locked<State>

    init(_ connection: OpaquePointer, client: ClientConnection, head: ReceivedHead, configuration: ServerConfiguration)
    {
        self.connection = ConnectionHandle(pointer: connection)
        self.client = client
        self.head = head
        self.configuration = configuration
        var state = State()
        if head.framing == .none {
            state.isReceiving = true
            state.inbound.end()
        }
        self.state = Locked(state)
    }

    /// Changes the state from any thread, then resumes whatever waited for the change.
    func change<Result: Sendable>(_ body: (inout State) -> Result) -> Result {
        let (result, mustResume, readers, writers) = state.withLock { state in
            let result = body(&state)
            defer { state.mustResume = false }
            return (result, state.mustResume, state.inbound.takeReaders(), state.outbound.takeWriters())
        }
        if mustResume { MHD_resume_connection(connection.pointer) }
        for reader in readers { reader.resume() }
        for writer in writers { writer.resume() }
        return result
    }

    /// Suspends the connection; only inside a callback of the library.
    private func park(_ state: inout State) -> Step {
        if !state.isSuspended {
            state.isSuspended = true
            MHD_suspend_connection(connection.pointer)
        }
        return .parked
    }
}

/// A connection of the library.
///
/// Sendable by proof: outside the library's callbacks it is only passed to `MHD_resume_connection`, which may be called
/// on any thread, and only while the connection is suspended, when the library does not free it.
struct ConnectionHandle: @unchecked Sendable {
    let pointer: OpaquePointer
}

// MARK: - The library's side

extension Exchange {
    /// Decides what happens next, in the library's access callback, with the bytes of the body that came in, if any.
    func advance(with bytes: UnsafeRawBufferPointer) -> Step {
        change { state in
            if state.isAbandoned { return .close }
            if !bytes.isEmpty { return receive(bytes, &state) }
            return state.isReceiving ? finishReceiving(&state) : beforeBody(&state)
        }
    }

    /// The head is here, the body is not: it is not even asked for before the handler wants it.
    private func beforeBody(_ state: inout State) -> Step {
        if let answer = state.answer {
            guard !head.expectsContinue else { return take(answer, &state) }
            state.isReceiving = true
            return canDrain(state) ? .took : answerEarly(answer, &state)
        }
        guard state.wantsBody else { return park(&state) }
        state.isReceiving = true
        return .took
    }

    private func receive(_ bytes: UnsafeRawBufferPointer, _ state: inout State) -> Step {
        if let answer = state.answer {
            state.inbound.skip(bytes.count)
            state.drained += bytes.count
            if state.isAnsweredDirectly { return state.drained > configuration.drainBytes ? .close : .took }
            return canDrain(state) ? .took : answerEarly(answer, &state)
        }
        return state.inbound.offer(bytes, limit: configuration.maximumBodyBytes) ? .took : park(&state)
    }

    private func finishReceiving(_ state: inout State) -> Step {
        if state.isAnsweredDirectly { return .close }
        state.inbound.end()
        guard let answer = state.answer, !state.isAnswerTaken else { return park(&state) }
        return take(answer, &state)
    }

    private func take(_ answer: HTTPResponse, _ state: inout State) -> Step {
        state.isAnswerTaken = true
        return .send(answer)
    }

    /// Whether so little of the body is left that reading it is cheaper than losing the connection.
    private func canDrain(_ state: borrowing State) -> Bool {
        guard case .length(let length) = head.framing else { return false }
        return length - state.inbound.received <= configuration.drainBytes
    }

    /// Sends the answer past the library, which cannot answer amid a body, then reads on for a while: closing at once
    /// would reset the connection, and many clients would then report that instead of the answer.
    private func answerEarly(_ answer: HTTPResponse, _ state: inout State) -> Step {
        guard case .bytes = answer.body, client.sendDirectly(Answer.serialized(answer)) else { return .close }
        state.isAnsweredDirectly = true
        state.starvedFor = .zero
        return .took
    }

    /// Moves streamed bytes into the library's buffer; suspends the connection when there are none yet.
    func pull(into destination: UnsafeMutableRawPointer, capacity: Int) -> OutboundBytes.Pulled {
        change { state in
            let pulled = state.outbound.pull(into: destination, capacity: capacity)
            if case .nothingYet = pulled { _ = park(&state) }
            return pulled
        }
    }

    /// The library is done with the request, one way or another.
    func complete() {
        let task = change { state in
            state.isGone = true
            state.inbound.fail(.disconnected)
            state.outbound.fail()
            state.answer = nil
            return state.task
        }
        task?.cancel()
    }
}

// MARK: - The server's side

extension Exchange {
    /// Hands over the handler's answer.
    func answer(with response: HTTPResponse) {
        let step = change { state -> Step in
            state.answer = response
            if case .stream = response.body {
                state.streamsEvents = response.headers["Content-Type"]?.hasPrefix("text/event-stream") ?? false
            }
            // Amid a body the library waits for the client, and nothing else makes it look at the request again.
            let isAmidBody = state.isReceiving && !state.inbound.isEnded && !state.isSuspended
            // Nobody reads the rest any more.
            state.inbound.fail(.disconnected)
            state.starvedFor = .zero
            state.resume()
            return isAmidBody && !canDrain(state) ? answerEarly(response, &state) : .took
        }
        if case .close = step { client.shutDown() }
    }

    /// Remembers the task that handles the request, to be cancelled when the client leaves.
    func keep(_ task: Task<Void, Never>) {
        let isOver = change { state in
            state.task = task
            return state.isGone || state.isAbandoned
        }
        if isOver { task.cancel() }
    }

    /// Gives the request up: its task is cancelled and its connection closed.
    func abandon() {
        let task = change { state in
            state.isAbandoned = true
            state.inbound.fail(.disconnected)
            state.outbound.fail()
            state.resume()
            return state.task
        }
        task?.cancel()
    }

    /// Ends a stream of events after what was written; other answers are left alone.
    func endEvents() {
        let task: Task<Void, Never>? = change { state in
            guard state.streamsEvents, state.outbound.isOpen else { return nil }
            state.outbound.end()
            state.resume()
            return state.task
        }
        task?.cancel()
    }

    /// Counts `elapsed` as waiting for the client, if it was, and returns whether the client sends too slowly.
    func isStarved(after elapsed: Duration) -> Bool {
        change { state in
            guard state.isReceiving, !state.inbound.isEnded, !state.isSuspended else { return false }
            state.starvedFor += elapsed
            if let answer = state.answer {
                guard state.starvedFor > configuration.lingerTime else { return false }
                if !state.isAnsweredDirectly, case .took = answerEarly(answer, &state) { return false }
                return true
            }
            let wanted = Double(configuration.minimumBodyRate) * state.starvedFor.seconds
            return state.starvedFor > configuration.bodyRateGrace && Double(state.inbound.received) < wanted
        }
    }
}
