import Concurrency
import Glibc

/// A TCP proxy in front of a server, for faults of the network: it cuts, holds back and refuses connections on demand.
///
/// One thread moves all bytes, so that between two of its steps nothing happens.
public final class ServerProxy: Sendable {
    /// What becomes of bytes and new connections.
    public enum Weather: Sendable, Equatable {
        case fair
        /// Bytes stay where they are, and no end of a connection is seen, as behind a cut cable.
        case silent
        /// What is open is cut, and new connections are cut at once.
        case down
        /// Requests reach the server, but its next reply cuts the connection instead of coming through.
        case cutsReplies
        /// Requests reach the server; its replies wait for better weather.
        case holdsReplies
        /// Every piece of a conversation takes 20 ms.
        case slow
        /// The next reply ends its direction of the connection instead of coming through; the other one stays open.
        case halfCloses
    }

    private struct Link {
        let client: Int32
        let server: Int32
        /// Nothing goes to the client any more.
        var isHalfClosed = false

        /// What to look at for requests and replies; a negative number is passed over.
        func descriptors(in weather: Weather) -> [Int32] {
            switch weather {
            case .silent: [-1, -1]
            case .holdsReplies: [client, -1]
            case .fair, .down, .cutsReplies, .slow, .halfCloses: [client, server]
            }
        }
    }

    private struct State {
        var weather = Weather.fair
        var isOver = false
        var accepted = 0
        var open = 0
        var watchers: [CheckedContinuation<Void, Never>] = []
    }

    /// Where it listens, on loopback.
    public let port: Int
    private let target: Int
    private let listener: Int32
    private let state = Locked(State())
    private let thread = WorkerThreads(name: "test-proxy", count: 1)

    /// Listens on a spare port for the server on the loopback port `target`.
    public init(to target: Int) {
        self.target = target
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = Self.loopback(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                _ = bind(listener, pointer, length)
                _ = getsockname(listener, pointer, &length)
            }
        }
        self.listener = listener
        port = Int(UInt16(bigEndian: address.sin_port))
        listen(listener, 128)
        Task { await thread.run { self.run() } }
    }

    /// Sets what happens from now on.
    public var weather: Weather {
        get { state.withLock { $0.weather } }
        set { state.withLock { $0.weather = newValue } }
    }

    /// How many connections came.
    public var acceptedCount: Int { state.withLock { $0.accepted } }

    /// Returns once no connection is open.
    public func whenQuiet() async {
        await withCheckedContinuation { continuation in
            let isQuiet = state.withLock { state in
                if state.open == 0 { return true }
                state.watchers.append(continuation)
                return false
            }
            if isQuiet { continuation.resume() }
        }
    }

    /// Cuts everything for good.
    public func stop() { state.withLock { $0.isOver = true } }

    private func run() {
        var links: [Link] = []
        while !state.withLock({ $0.isOver }) {
            let weather = self.weather
            if weather == .down {
                links.forEach(Self.cut)
                links = []
            }
            note(openCount: links.count)
            var descriptors = [pollfd(fd: listener, events: Int16(POLLIN), revents: 0)]
            descriptors += links.flatMap { $0.descriptors(in: weather) }.map {
                pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
            }
            // A short limit, since a change of weather wakes nobody.
            guard poll(&descriptors, nfds_t(descriptors.count), 5) > 0 else { continue }
            if weather == .slow { usleep(20_000) }
            move(&links, descriptors)
            if descriptors[0].revents != 0, let link = accept() { links.append(link) }
        }
        links.forEach(Self.cut)
        note(openCount: 0)
        close(listener)
    }

    private func note(openCount: Int) {
        let watchers = state.withLock { state in
            state.open = openCount
            guard openCount == 0 else { return [CheckedContinuation<Void, Never>]() }
            defer { state.watchers = [] }
            return state.watchers
        }
        for watcher in watchers { watcher.resume() }
    }

    private func move(_ links: inout [Link], _ descriptors: [pollfd]) {
        var kept: [Link] = []
        for (index, var link) in links.enumerated() {
            // The weather as it is now: what answers a request that was sent after a change must meet it.
            let passing = link.descriptors(in: self.weather)
            let request = descriptors[1 + 2 * index].revents != 0 && passing[0] >= 0
            let reply = descriptors[2 + 2 * index].revents != 0 && passing[1] >= 0
            let isCut = reply && self.weather == .cutsReplies
            if reply && self.weather == .halfCloses {
                shutdown(link.client, Int32(SHUT_WR))
                link.isHalfClosed = true
                self.weather = .fair
            }
            if isCut || (request && !Self.pass(link.client, link.server))
                || (reply && !Self.pass(link.server, link.isHalfClosed ? nil : link.client))
            {
                Self.cut(link)
            } else {
                kept.append(link)
            }
            if isCut { self.weather = .fair }
        }
        links = kept
    }

    private func accept() -> Link? {
        let client = Glibc.accept(listener, nil, nil)
        guard client >= 0 else { return nil }
        state.withLock { $0.accepted += 1 }
        let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = Self.loopback(target)
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(server, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        let link = Link(client: client, server: server)
        guard status == 0, weather != .down else {
            Self.cut(link)
            return nil
        }
        return link
    }

    /// Moves what has come from one side to the other, or to nobody.
    /// - Returns: Whether both are still there.
    private static func pass(_ source: Int32, _ target: Int32?) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        let count = read(source, &buffer, buffer.count)
        guard count > 0 else { return false }
        guard let target else { return true }
        var sent = 0
        while sent < count {
            let written = buffer.withUnsafeBytes { bytes in
                send(target, bytes.baseAddress.map { $0 + sent }, count - sent, Int32(MSG_NOSIGNAL))
            }
            guard written > 0 else { return false }
            sent += written
        }
        return true
    }

    private static func cut(_ link: Link) {
        close(link.client)
        close(link.server)
    }

    private static func loopback(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return address
    }
}
