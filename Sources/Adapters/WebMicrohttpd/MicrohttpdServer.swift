public import Concurrency
public import Observability
public import Web

/// An HTTP/1.1 server on libmicrohttpd: a few threads for the sockets, one task for each request.
public struct MicrohttpdServer: Service {
    /// `http`, for logs.
    public let name = "http"
    private let configuration: ServerConfiguration
    private let handler: HTTPHandler
    private let logger: Logger
    private let metrics: Metrics
    private let onReady: @Sendable (Int) -> Void

    /// Prepares a server.
    /// - Parameters:
    ///   - handler: Answers requests, each in a task that is cancelled when its client leaves.
    ///   - onReady: Is told the port once connections are accepted.
    public init(
        configuration: ServerConfiguration, handler: @escaping HTTPHandler, logger: Logger, metrics: Metrics,
        onReady: @escaping @Sendable (_ port: Int) -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.handler = handler
        self.logger = logger.labelled("http")
        self.metrics = metrics
        self.onReady = onReady
    }

    /// Serves until `shutdown`, then finishes what is in flight within the grace period.
    /// - Throws: ``ServerError`` when it cannot listen.
    public func run(until shutdown: ShutdownSignal) async throws {
        var configuration = configuration
        let files = raiseOpenFileLimit(to: configuration.maximumConnections + openFilesBesideConnections)
        if files < configuration.maximumConnections + openFilesBesideConnections {
            configuration.maximumConnections = max(16, files - openFilesBesideConnections)
            logger.warning(
                "fewer connections than configured: the system's limit on open files is lower",
                ["connections": .integer(configuration.maximumConnections), "open_files": .integer(files)])
        }
        let intake = RequestIntake(configuration: configuration, handler: handler, logger: logger, metrics: metrics)
        // Starting looks up names and stopping waits for threads: neither belongs on a cooperative thread.
        let thread = WorkerThreads(name: "http-start", count: 1)
        let (daemon, port) = try await thread.run { [configuration, logger] () throws(ServerError) in
            let socket = try ListenSocket(host: configuration.host, port: configuration.port)
            return (try Daemon(serving: intake, on: socket, log: LibraryLog(logger)), socket.port)
        }
        logger.info("listening", ["host": .text(configuration.host), "port": .integer(port)])
        onReady(port)
        await ConnectionSweep(intake, logger).run(until: shutdown)
        // A task of its own: when this one is cancelled, requests in flight are still finished.
        await Task { await ServerStop(daemon, intake, logger).run(on: thread) }.value
    }
}
