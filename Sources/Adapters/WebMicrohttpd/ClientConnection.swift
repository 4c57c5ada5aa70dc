import CLinux
import Concurrency
import Glibc

/// One TCP connection: what it is doing, since when, and the request it is at.
final class ClientConnection: Sendable {
    enum Phase {
        /// Nothing complete has come yet.
        case beginning
        /// Between two requests.
        case resting
        /// A request line has come, its header fields have not.
        case receivingHead
        /// A request is being received, handled or answered.
        case exchanging
    }

    private struct State {
        var isOpen = true
        var phase = Phase.beginning
        var since = ContinuousClock.now
        var target = ""
        var exchange: Exchange?
    }

    let descriptor: Int32
    let address: String
    private let state = Locked(State())

    init(descriptor: Int32, address: String) {
        self.descriptor = descriptor
        self.address = address
    }

    /// A request line has come, with `target` as it was sent.
    func beginHead(target: String) {
        state.withLock { state in
            state.target = target
            // The first request has one deadline from the connection on; later ones from their first line on.
            guard state.phase != .beginning else { return }
            state.phase = .receivingHead
            state.since = .now
        }
    }

    /// The target of the request whose line came last.
    var target: String { state.withLock { $0.target } }

    func begin(_ exchange: Exchange) {
        state.withLock { state in
            state.exchange = exchange
            state.phase = .exchanging
        }
    }

    func endExchange() {
        state.withLock { state in
            state.exchange = nil
            state.phase = .resting
            state.since = .now
        }
    }

    /// The request being dealt with, if any.
    var exchange: Exchange? { state.withLock { $0.exchange } }

    /// To be called before the library closes the descriptor: nothing touches it afterwards.
    func close() {
        state.withLock { state in
            state.isOpen = false
            state.exchange = nil
        }
    }

    /// Ends the connection in both directions; the library notices and closes it.
    ///
    /// The lock matters: once closed, the descriptor's number may belong to somebody else.
    func shutDown() {
        state.withLock { state in
            if state.isOpen { _ = Glibc.shutdown(descriptor, Int32(SHUT_RDWR)) }
        }
    }

    /// Whether the client has taken too long to send the head of a request.
    func isOverdue(at now: ContinuousClock.Instant, _ configuration: ServerConfiguration) -> Bool {
        state.withLock { state in
            switch state.phase {
            case .beginning, .receivingHead: now - state.since > configuration.headerDeadline
            case .resting: now - state.since > configuration.idleTimeout
            case .exchanging: false
            }
        }
    }

    /// Whether the client has closed its side.
    ///
    /// The library does not look while a connection waits for its handler.
    var isHungUp: Bool {
        state.withLock { state in
            guard state.isOpen else { return false }
            let events = Int16(truncatingIfNeeded: atelier_pollrdhup)
            var entry = pollfd(fd: descriptor, events: events, revents: 0)
            return poll(&entry, 1, 0) > 0 && entry.revents & (events | Int16(POLLHUP) | Int16(POLLERR)) != 0
        }
    }

    /// Sends bytes past the library, which must not have begun an answer; whether all of them went.
    func sendDirectly(_ bytes: [UInt8]) -> Bool {
        state.withLock { state in
            guard state.isOpen else { return false }
            let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
            return send(descriptor, bytes, bytes.count, flags) == bytes.count
        }
    }
}
