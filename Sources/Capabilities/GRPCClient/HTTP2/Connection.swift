import Glibc

/// One connection to the server: a socket, encryption where it is wanted, and HTTP/2 on top.
///
/// Only its channel's thread touches it.
final class Connection {
    enum Phase {
        /// `greeting`: the server has not sent its HTTP/2 settings yet, as something else that listens never will.
        case connecting, shakingHands, greeting, open
        case broken(String)
    }

    private(set) var phase = Phase.connecting
    let descriptor: Int32
    let http: HTTP2Session
    let openedAt = ContinuousClock.now
    /// When it last took a call.
    var lastUsed = ContinuousClock.now
    private var lastRead = ContinuousClock.now
    private var pingedAt: ContinuousClock.Instant?
    private let tls: TLSStream?
    private var output: [UInt8] = []
    private var written = 0

    /// Takes over a socket that is being connected; nil for `tls` is clear text.
    init(_ descriptor: Int32, _ http: HTTP2Session, tls: TLSStream? = nil) {
        self.descriptor = descriptor
        self.http = http
        self.tls = tls
    }

    deinit { close(descriptor) }

    var isOpen: Bool { if case .open = phase { true } else { false } }
    var fault: String? { if case .broken(let reason) = phase { reason } else { nil } }
    var isIdle: Bool { http.streams.isEmpty }
    private var speaksHTTP2: Bool {
        switch phase {
        case .greeting, .open: true
        case .connecting, .shakingHands, .broken: false
        }
    }
    /// Whether it waits to be writable.
    var wantsToWrite: Bool {
        if case .connecting = phase { return true }
        return written < output.count || tls?.wantsToWrite == true
    }

    func fail(_ reason: String) { if fault == nil { phase = .broken(reason) } }

    /// The socket has something to say.
    func ready() {
        if case .connecting = phase { finishConnecting() }
        if case .shakingHands = phase { shakeHands() }
        if speaksHTTP2 { readAll() }
        flush()
    }

    private func finishConnecting() {
        var code: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &length)
        guard code == 0 else { return fail(SocketFault(code).reason) }
        phase = tls == nil ? .greeting : .shakingHands
    }

    private func shakeHands() {
        guard let tls else { return }
        switch tls.shakeHands() {
        case nil: fail("TLS: " + tls.fault)
        case false?: break
        case true?:
            if tls.speaksHTTP2 { phase = .greeting } else { fail("the server does not speak HTTP/2 over TLS") }
        }
    }

    /// Tells the server that no more calls come.
    func sayGoodbye() {
        http.terminate()
        flush()
    }
}

// Bytes in and out.
extension Connection {
    private func readAll() {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 65_536) { buffer in
            while speaksHTTP2 {
                switch read(into: buffer) {
                case .later: return
                case .ended(let reason): fail(reason)
                case .bytes(let count): take(UnsafeBufferPointer(rebasing: buffer[..<count]))
                }
            }
        }
    }

    private func take(_ bytes: UnsafeBufferPointer<UInt8>) {
        lastRead = .now
        pingedAt = nil
        if let fault = http.receive(bytes) { fail("HTTP/2: " + fault) }
        if case .greeting = phase, http.isGreeted { phase = .open }
    }

    private func read(into buffer: UnsafeMutableBufferPointer<UInt8>) -> StreamRead {
        if let tls { return tls.read(into: buffer) }
        let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
        if count > 0 { return .bytes(count) }
        if count == 0 { return .ended("the server closed the connection") }
        return errno == EAGAIN || errno == EINTR ? .later : .ended(SocketFault(errno).reason)
    }

    /// Writes what waits, as far as there is room.
    func flush() {
        while speaksHTTP2 {
            if written == output.count {
                output.removeAll(keepingCapacity: true)
                written = 0
                http.produce(into: &output, limit: 65_536)
                if output.isEmpty { break }
            }
            let count = output.withUnsafeBufferPointer { write(UnsafeBufferPointer(rebasing: $0[written...])) }
            guard let count else { return fail("the connection broke while writing") }
            if count == 0 { return }
            written += count
        }
        if speaksHTTP2, http.isOver { fail("HTTP/2: what the server sent breaks the protocol") }
    }

    private func write(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        if let tls { return tls.write(bytes) }
        let count = send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
        if count >= 0 { return count }
        return errno == EAGAIN || errno == EINTR ? 0 : nil
    }
}

// Signs of life. Idle connections are asked too: what lies between forgets them otherwise, and the next call would be
// the one to find out.
extension Connection {
    /// Asks a silent server for a sign of life, and gives up when none comes.
    func keepAlive(after silence: Duration, timeout: Duration) {
        guard isOpen, nextKeepAlive(after: silence, timeout: timeout) <= .now else { return }
        guard pingedAt == nil else { return fail("the server gives no sign of life") }
        http.ping()
        pingedAt = .now
    }

    /// When that is due.
    func nextKeepAlive(after silence: Duration, timeout: Duration) -> ContinuousClock.Instant {
        pingedAt.map { $0 + timeout } ?? lastRead + silence
    }
}
