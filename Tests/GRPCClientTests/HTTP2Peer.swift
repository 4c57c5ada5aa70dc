import AtelierTesting
import GRPCClient

/// The server's end of an HTTP/2 connection, frame by frame, for what no proper server does.
///
/// - SeeAlso: RFC 9113, section 4; RFC 7541, section 6.2.2 (literal fields, which need no table).
struct HTTP2Peer {
    enum Kind: UInt8 {
        case data, headers, priority, reset, settings, push, ping, goAway, windowUpdate, continuation
    }
    struct Frame {
        let kind: Kind?
        let flags: UInt8
        let stream: Int
        let payload: [UInt8]
    }

    let connection: RawConnection

    /// Takes the client's preface and greets it with `settings` (number and value).
    init(_ connection: RawConnection, settings: [(UInt16, UInt32)] = []) async throws {
        self.connection = connection
        _ = try await connection.read(count: 24)
        let payload = settings.flatMap { Self.bigEndian($0.0) + Self.bigEndian($0.1) }
        try await send(.settings, payload: payload)
    }

    func frame() async throws -> Frame {
        let head = try await connection.read(count: 9)
        let length = head[..<3].reduce(0) { $0 << 8 | Int($1) }
        let stream = head[5...].reduce(0) { $0 << 8 | Int($1) }
        let payload = length == 0 ? [] : try await connection.read(count: length)
        return Frame(kind: Kind(rawValue: head[3]), flags: head[4], stream: stream, payload: payload)
    }

    /// The next frame of a kind; settings and the others are passed over.
    func next(_ kind: Kind) async throws -> Frame {
        while true {
            let frame = try await frame()
            if frame.kind == kind { return frame }
        }
    }

    /// The next call that has been sent whole: its stream.
    func call() async throws -> Int {
        while true {
            let frame = try await frame()
            if frame.kind == .data, frame.flags & 1 == 1 { return frame.stream }
        }
    }

    func send(_ kind: Kind, flags: UInt8 = 0, stream: Int = 0, payload: [UInt8] = []) async throws {
        let length = Array(Self.bigEndian(UInt32(payload.count)).dropFirst())
        try await connection.send(length + [kind.rawValue, flags] + Self.bigEndian(UInt32(stream)) + payload)
    }

    /// Sends a block of fields; `isLast` ends the stream.
    func send(_ fields: [(String, String)], on stream: Int, isLast: Bool = false) async throws {
        var block: [UInt8] = []
        for (name, value) in fields { block += [0] + Self.text(name) + Self.text(value) }
        try await send(.headers, flags: isLast ? 5 : 4, stream: stream, payload: block)
    }

    /// Answers a call as gRPC wants it.
    func answer(_ stream: Int, _ message: [UInt8] = []) async throws {
        try await send([(":status", "200"), ("content-type", "application/grpc")], on: stream)
        let payload = [0] + Self.bigEndian(UInt32(message.count)) + message
        try await send(.data, stream: stream, payload: payload)
        try await send([("grpc-status", "0")], on: stream, isLast: true)
    }

    func reset(_ stream: Int, code: UInt32) async throws {
        try await send(.reset, stream: stream, payload: Self.bigEndian(code))
    }

    func goAway(last stream: Int) async throws {
        try await send(.goAway, payload: Self.bigEndian(UInt32(stream)) + Self.bigEndian(UInt32(0)))
    }

    static func bigEndian(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian) { Array($0) }
    }

    /// A length of seven bits and more, then the bytes (RFC 7541, sections 5.1 and 5.2).
    private static func text(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        guard bytes.count >= 127 else { return [UInt8(bytes.count)] + bytes }
        var (length, rest) = ([UInt8(127)], bytes.count - 127)
        while rest >= 128 {
            length.append(UInt8(rest % 128) | 128)
            rest /= 128
        }
        return length + [UInt8(rest)] + bytes
    }
}

extension GRPCChannel {
    /// A channel to a port of this machine.
    static func local(_ port: Int, _ change: (inout ChannelConfiguration) -> Void = { _ in }) throws -> GRPCChannel {
        var configuration = ChannelConfiguration(host: "127.0.0.1", port: port)
        change(&configuration)
        return try GRPCChannel(configuration)
    }

    /// The error that a call ends with; nil when it succeeds.
    func failure(_ message: [UInt8] = [], timeout: Duration = .seconds(10)) async throws -> GRPCError? {
        do {
            _ = try await call("/test.Service/Method", message, timeout: timeout)
            return nil
        } catch let error as GRPCError {
            return error
        }
    }
}
