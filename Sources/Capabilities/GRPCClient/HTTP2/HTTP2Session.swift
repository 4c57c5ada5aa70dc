import CNghttp2

/// The HTTP/2 framing of one connection: bytes in and out on one side, calls on the other.
///
/// Only its channel's thread touches it.
final class HTTP2Session {
    private var session: OpaquePointer?
    private(set) var streams: [Int32: Call] = [:]
    /// Calls whose stream has ended since the last look, with its error code.
    private var ended: [(call: Call, errorCode: UInt32)] = []
    /// Whether no further calls go out on this connection, mostly because the server wants none.
    var isDraining = false
    /// Whether the server has sent its settings.
    private(set) var isGreeted = false
    private let maximumAnswer: Int

    init(maximumAnswer: Int) {
        self.maximumAnswer = maximumAnswer
        var callbacks: OpaquePointer?
        nghttp2_session_callbacks_new(&callbacks)
        Self.install(callbacks)
        nghttp2_session_client_new(&session, callbacks, Unmanaged.passUnretained(self).toOpaque())
        nghttp2_session_callbacks_del(callbacks)
        // Histories are megabytes: windows that hold one keep it from stalling after every 64 kB.
        let settings = [
            nghttp2_settings_entry(
                settings_id: Int32(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE.rawValue), value: 8 << 20),
            nghttp2_settings_entry(settings_id: Int32(NGHTTP2_SETTINGS_ENABLE_PUSH.rawValue), value: 0),
            nghttp2_settings_entry(
                settings_id: Int32(NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE.rawValue), value: UInt32(AnswerFields.limit)),
        ]
        nghttp2_submit_settings(session, 0, settings, settings.count)
        nghttp2_session_set_local_window_size(session, 0, 0, 64 << 20)
    }

    deinit { nghttp2_session_del(session) }

    /// Takes every call off, in the order in which they were sent.
    func takeStreams() -> [Call] {
        defer { streams = [:] }
        return streams.sorted { $0.key < $1.key }.map(\.value)
    }

    func takeEnded() -> [(call: Call, errorCode: UInt32)] {
        defer { ended = [] }
        return ended
    }

    /// Sends a call's header and message.
    /// - Returns: False when no further stream can be opened here.
    func submit(_ call: Call, _ fields: [(name: String, value: String)]) -> Bool {
        call.rewind()
        var body = nghttp2_data_provider()
        // Looked up by its number: a pointer to the call might outlive it.
        body.read_callback = { _, stream, buffer, length, flags, _, user in
            guard let buffer, let flags, let call = HTTP2Session.this(user)?.streams[stream] else {
                return Int(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue)
            }
            return call.fill(buffer, length, flags)
        }
        let stream = Self.withFields(fields) { list in
            nghttp2_submit_request(session, nil, list.baseAddress, list.count, &body, nil)
        }
        guard stream > 0 else { return false }
        call.stream = stream
        streams[stream] = call
        return true
    }

    /// Tells the server that nobody waits for a call any more.
    func cancel(_ stream: Int32) {
        guard streams.removeValue(forKey: stream) != nil else { return }
        nghttp2_submit_rst_stream(session, 0, stream, UInt32(NGHTTP2_CANCEL.rawValue))
    }

    /// Whether another call may be sent now; beyond what the server allows, calls would queue here behind long ones.
    var hasRoom: Bool {
        !isDraining
            && streams.count < nghttp2_session_get_remote_settings(session, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS)
    }

    /// Whether nothing more can be said or heard, as after a violation of the protocol.
    var isOver: Bool { nghttp2_session_want_read(session) == 0 && nghttp2_session_want_write(session) == 0 }

    /// Ends every stream and says goodbye.
    func terminate() { nghttp2_session_terminate_session(session, UInt32(NGHTTP2_NO_ERROR.rawValue)) }

    func ping() { nghttp2_submit_ping(session, 0, nil) }

    /// Takes bytes from the server.
    /// - Returns: What is wrong with them; nil when nothing is.
    func receive(_ bytes: UnsafeBufferPointer<UInt8>) -> String? {
        let taken = nghttp2_session_mem_recv(session, bytes.baseAddress, bytes.count)
        return taken < 0 ? String(cString: nghttp2_strerror(Int32(taken))) : nil
    }

    /// Appends what is to be sent, up to about `limit` bytes.
    func produce(into output: inout [UInt8], limit: Int) {
        while output.count < limit {
            var bytes: UnsafePointer<UInt8>?
            let count = nghttp2_session_mem_send(session, &bytes)
            guard count > 0 else { return }
            output.append(contentsOf: UnsafeBufferPointer(start: bytes, count: count))
        }
    }

    /// nghttp2 wants each field as two pointers, all of them good for the length of the call.
    private static func withFields<Result>(
        _ fields: [(name: String, value: String)], _ body: (UnsafeBufferPointer<nghttp2_nv>) -> Result
    ) -> Result {
        var text: [UInt8] = []
        var ends: [(name: Int, value: Int)] = []
        for field in fields {
            text += field.name.utf8
            let name = text.count
            text += field.value.utf8
            ends.append((name, text.count))
        }
        return text.withUnsafeMutableBufferPointer { text in
            var start = 0
            let list = ends.map { end in
                defer { start = end.value }
                return nghttp2_nv(
                    name: text.baseAddress.map { $0 + start }, value: text.baseAddress.map { $0 + end.name },
                    namelen: end.name - start, valuelen: end.value - end.name, flags: 0)
            }
            return list.withUnsafeBufferPointer(body)
        }
    }
}

// What nghttp2 tells.
extension HTTP2Session {
    private static func this(_ pointer: UnsafeMutableRawPointer?) -> HTTP2Session? {
        pointer.map { Unmanaged<HTTP2Session>.fromOpaque($0).takeUnretainedValue() }
    }

    private static func install(_ callbacks: OpaquePointer?) {
        nghttp2_session_callbacks_set_on_header_callback(callbacks) {
            _, frame, name, nameLength, value, length, _, user in
            guard let call = frame.flatMap({ HTTP2Session.this(user)?.streams[$0.pointee.hd.stream_id] }) else {
                return 0
            }
            let (name, value) = (
                UnsafeBufferPointer(start: name, count: nameLength), UnsafeBufferPointer(start: value, count: length)
            )
            if call.fields.take(name, value) { return 0 }
            call.refusedAnswer = GRPCError(.resourceExhausted, "received header larger than max")
            // Resets the stream, and with it ends the call.
            return Int32(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue)
        }
        nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks) { _, _, stream, data, length, user in
            HTTP2Session.this(user)?.take(UnsafeBufferPointer(start: data, count: length), on: stream)
            return 0
        }
        nghttp2_session_callbacks_set_on_stream_close_callback(callbacks) { _, stream, code, user in
            guard let this = HTTP2Session.this(user) else { return 0 }
            if let call = this.streams.removeValue(forKey: stream) { this.ended.append((call, code)) }
            return 0
        }
        nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks) { _, frame, user in
            switch frame?.pointee.hd.type {
            case UInt8(NGHTTP2_GOAWAY.rawValue): HTTP2Session.this(user)?.isDraining = true
            case UInt8(NGHTTP2_SETTINGS.rawValue): HTTP2Session.this(user)?.isGreeted = true
            default: break
            }
            return 0
        }
    }

    private func take(_ bytes: UnsafeBufferPointer<UInt8>, on stream: Int32) {
        guard let call = streams[stream] else { return }
        guard call.answer.count + bytes.count <= maximumAnswer + 5 else {
            // The words that other implementations use, which callers know to be final.
            call.refusedAnswer = GRPCError(
                .resourceExhausted, "received message larger than max (\(maximumAnswer) bytes)")
            cancel(stream)
            return ended.append((call, 0))
        }
        call.answer.append(contentsOf: bytes)
    }
}

extension Call {
    /// Gives nghttp2 the next part of the request.
    fileprivate func fill(
        _ buffer: UnsafeMutablePointer<UInt8>, _ length: Int, _ flags: UnsafeMutablePointer<UInt32>
    ) -> Int {
        let count = min(length, request.count - sent)
        request.withUnsafeBufferPointer { request in
            if let start = request.baseAddress { buffer.update(from: start + sent, count: count) }
        }
        sent += count
        if sent == request.count { flags.pointee |= UInt32(NGHTTP2_DATA_FLAG_EOF.rawValue) }
        return count
    }
}
