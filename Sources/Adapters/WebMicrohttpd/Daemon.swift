import CMicrohttpd
import Concurrency
import Glibc

/// The running library: its threads, its options and its callbacks, which all end up in a ``RequestIntake``.
///
/// Sendable by proof: `handle` is only passed to `MHD_quiesce_daemon` and `MHD_stop_daemon`, each called once, in order,
/// by whoever stops the server.
final class Daemon: @unchecked Sendable {
    private let handle: OpaquePointer
    private let log: UnsafeMutablePointer<atelier_mhd_log>
    private let intake: Unmanaged<RequestIntake>
    private let libraryLog: Unmanaged<LibraryLog>

    /// Starts the threads on a listening socket, which the daemon owns from then on.
    init(serving intake: RequestIntake, on socket: ListenSocket, log messages: LibraryLog) throws(ServerError) {
        self.intake = Unmanaged.passRetained(intake)
        libraryLog = Unmanaged.passRetained(messages)
        log = UnsafeMutablePointer<atelier_mhd_log>.allocate(capacity: 1)
        log.initialize(to: atelier_mhd_log(write: Self.logWriter, context: libraryLog.toOpaque()))
        let flags =
            MHD_USE_EPOLL_INTERNAL_THREAD.rawValue | MHD_ALLOW_SUSPEND_RESUME.rawValue | MHD_USE_ERROR_LOG.rawValue
            | MHD_USE_TURBO.rawValue
        let context = self.intake.toOpaque()
        let options = Self.options(intake.configuration, socket, context)
        guard let handle = atelier_mhd_start(flags, Self.acceptPolicy, Self.accessHandler, context, log, options) else {
            self.intake.release()
            libraryLog.release()
            log.deallocate()
            close(socket.descriptor)
            throw .noResources("the HTTP library did not start")
        }
        self.handle = handle
    }

    /// Closes the listening socket; open connections go on.
    func stopListening() {
        let socket = MHD_quiesce_daemon(handle)
        if socket >= 0 { close(socket) }
    }

    /// Closes every connection, then waits for the threads to end; no request may be suspended any more.
    func stop() {
        MHD_stop_daemon(handle)
        log.deallocate()
        libraryLog.release()
        intake.release()
    }

    private static func options(
        _ configuration: ServerConfiguration, _ socket: ListenSocket, _ context: UnsafeMutableRawPointer
    ) -> [MHD_OptionItem] {
        func option(_ kind: MHD_OPTION, _ value: Int, _ pointer: UnsafeMutableRawPointer? = nil) -> MHD_OptionItem {
            MHD_OptionItem(option: kind, value: value, ptr_value: pointer)
        }
        let threads = max(1, configuration.threads)
        var options = [
            option(.LISTEN_SOCKET, Int(socket.descriptor)),
            // Room beside the header for what is read and written meanwhile; the limit itself is checked by us.
            option(.CONNECTION_MEMORY_LIMIT, configuration.maximumHeaderBytes + (16 << 10)),
            // The limits are ours, in the accept policy: the library would divide its own among the threads.
            option(.CONNECTION_LIMIT, (configuration.maximumConnections + 1) * threads),
            option(.CONNECTION_TIMEOUT, max(1, Int(configuration.idleTimeout.seconds.rounded(.up)))),
            // What the stricter level adds (a missing Host, blanks in the target) is checked by us, with a JSON answer.
            option(.STRICT_FOR_CLIENT, 0),
            option(.SIGPIPE_HANDLED_BY_APP, 1),
            option(.NOTIFY_COMPLETED, unsafeBitCast(completion, to: Int.self), context),
            option(.NOTIFY_CONNECTION, unsafeBitCast(connectionNotice, to: Int.self), context),
            option(.URI_LOG_CALLBACK, unsafeBitCast(lineReader, to: Int.self), context),
        ]
        if threads > 1 { options.append(option(.THREAD_POOL_SIZE, threads)) }
        return options + [option(.END, 0)]
    }
}

// MARK: - The library's callbacks

extension Daemon {
    private typealias Completion =
        @convention(c) (
            UnsafeMutableRawPointer?, OpaquePointer?, UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
            MHD_RequestTerminationCode
        ) -> Void
    private typealias ConnectionNotice =
        @convention(c) (
            UnsafeMutableRawPointer?, OpaquePointer?, UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
            MHD_ConnectionNotificationCode
        ) -> Void
    private typealias LineReader =
        @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<CChar>?, OpaquePointer?) -> UnsafeMutableRawPointer?

    private static func intake(_ context: UnsafeMutableRawPointer) -> RequestIntake {
        Unmanaged<RequestIntake>.fromOpaque(context).takeUnretainedValue()
    }

    private static let logWriter: @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<CChar>?) -> Void = {
        log, message in
        guard let log, let message else { return }
        Unmanaged<LibraryLog>.fromOpaque(log).takeUnretainedValue().write(String(cString: message))
    }

    private static let acceptPolicy: MHD_AcceptPolicyCallback = { context, address, _ in
        guard let context else { return .NO }
        return intake(context).table.accepts(addressText(address)) ? .YES : .NO
    }

    private static let accessHandler: MHD_AccessHandlerCallback = {
        context, connection, _, method, version, bytes, size, request in
        guard let context, let connection, let method, let version, let size, let request else { return .NO }
        let upload = UnsafeRawBufferPointer(start: bytes, count: bytes == nil ? 0 : size.pointee)
        return intake(context).access(connection, method, version, upload, size, request)
    }

    private static let completion: Completion = { context, _, request, _ in
        guard let context, let exchange = request?.pointee else { return }
        request?.pointee = nil
        intake(context).completed(Unmanaged<Exchange>.fromOpaque(exchange).takeRetainedValue())
    }

    private static let connectionNotice: ConnectionNotice = { context, connection, socket, code in
        guard let context, let connection, let socket else { return }
        if code == .CONNECTION_NOTIFY_STARTED {
            socket.pointee = Unmanaged.passRetained(intake(context).opened(connection)).toOpaque()
        } else if let known = socket.pointee {
            socket.pointee = nil
            intake(context).closed(Unmanaged<ClientConnection>.fromOpaque(known).takeRetainedValue())
        }
    }

    /// The only place where the library shows the target undecoded: later it has resolved `%2F` and cut at `%00`.
    private static let lineReader: LineReader = { _, target, connection in
        guard let connection else { return nil }
        RequestIntake.client(of: connection)?.beginHead(target: target.map { String(cString: $0) } ?? "")
        return nil
    }
}
