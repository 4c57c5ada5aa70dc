import Glibc

/// One connection to the server: a socket, encryption where it is wanted, and HTTP/2 on top.
///
/// Only its channel's thread touches it.
final class Connection {
    enum Phase {
        case connecting, shakingHands, open
        case broken(String)
    }

    private(set) var phase = Phase.connecting
    let descriptor: Int32
    let http: HTTP2Session
    let openedAt = ContinuousClock.now
    private var lastRead = ContinuousClock.now
    private var pingedAt: ContinuousClock.Instant?
    private let tls: TLSStream?
    private var output: [UInt8] = []
    private var written = 0

    init(_ descriptor: Int32, tls context: TLSContext?, maximumAnswer: Int) {
        self.descriptor = descriptor
        http = HTTP2Session(maximumAnswer: maximumAnswer)
        tls = context?.makeStream(on: descriptor)
    }

    deinit { close(descriptor) }

    var isOpen: Bool { if case .open = phase { true } else { false } }
    var fault: String? { if case .broken(let reason) = phase { reason } else { nil } }
    var isIdle: Bool { http.streams.isEmpty }
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
        if isOpen { readAll() }
        flush()
    }

    private func finishConnecting() {
        var code: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &length)
        guard code == 0 else { return fail(SocketFault(code).reason) }
        phase = tls == nil ? .open : .shakingHands
    }

    private func shakeHands() {
        guard let tls else { return }
        switch tls.shakeHands() {
        case nil: fail("TLS: " + tls.fault)
        case false?: break
        case true?: if tls.speaksHTTP2 { phase = .open } else { fail("the server does not speak HTTP/2 over TLS") }
        }
    }

    private func readAll() {
        lastRead = .now
        pingedAt = nil
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 65_536) { buffer in
            while isOpen {
                switch read(into: buffer) {
                case .later: return
                case .ended: fail("the server closed the connection")
                case .bytes(let count):
                    if let fault = http.receive(UnsafeBufferPointer(rebasing: buffer[..<count])) {
                        fail("HTTP/2: " + fault)
                    }
                }
            }
        }
    }

    private func read(into buffer: UnsafeMutableBufferPointer<UInt8>) -> StreamRead {
        if let tls { return tls.read(into: buffer) }
        let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
        if count > 0 { return .bytes(count) }
        return count < 0 && (errno == EAGAIN || errno == EINTR) ? .later : .ended
    }

    /// Writes what waits, as far as there is room.
    func flush() {
        guard isOpen else { return }
        while true {
            if written == output.count {
                output.removeAll(keepingCapacity: true)
                written = 0
                http.produce(into: &output, limit: 65_536)
                if output.isEmpty { return }
            }
            let count = output.withUnsafeBufferPointer { write(UnsafeBufferPointer(rebasing: $0[written...])) }
            guard let count else { return fail("writing failed") }
            if count == 0 { return }
            written += count
        }
    }

    private func write(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        if let tls { return tls.write(bytes) }
        let count = send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
        if count >= 0 { return count }
        return errno == EAGAIN || errno == EINTR ? 0 : nil
    }

    /// Asks a silent server for a sign of life, and gives up when none comes.
    func keepAlive(after silence: Duration, timeout: Duration) {
        guard isOpen, !isIdle else { return }
        let now = ContinuousClock.now
        if let pingedAt {
            if now - pingedAt > timeout { fail("the server gives no sign of life") }
        } else if now - lastRead > silence {
            http.ping()
            pingedAt = now
        }
    }
}
