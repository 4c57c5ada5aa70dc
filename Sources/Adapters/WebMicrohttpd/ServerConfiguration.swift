/// Where the server listens and what it puts up with.
public struct ServerConfiguration: Sendable {
    /// The address or name to listen on: `127.0.0.1`, `0.0.0.0`, `::` (which also takes IPv4).
    public var host: String
    /// The TCP port; 0 takes any that is free.
    public var port: Int
    /// Threads that read and write sockets; handlers run elsewhere.
    public var threads = 2
    /// Open connections; further ones are closed at once and counted as refused.
    public var maximumConnections = 4096
    /// Open connections from one address; nil means no limit of its own.
    public var maximumConnectionsPerAddress: Int?
    /// Bytes in a request line and its header fields; over it the answer is 431.
    public var maximumHeaderBytes = 32 << 10
    /// Bytes in a request body; over it the answer is 413.
    public var maximumBodyBytes = 64 << 20
    /// Bytes of a body that are still read, and thrown away, when the answer comes before its end.
    public var drainBytes = 256 << 10
    /// How long a client may take to send such a rest.
    public var lingerTime = Duration.seconds(2)
    /// How long a first request, or a begun header block, may take to arrive in full.
    public var headerDeadline = Duration.seconds(15)
    /// How long a connection may rest between requests, and how long an answer may find no reader; whole seconds.
    public var idleTimeout = Duration.seconds(60)
    /// Bytes a second that a body must bring on average, not counting the time the server itself makes it wait.
    public var minimumBodyRate = 1000
    /// How long a body may take before its rate counts.
    public var bodyRateGrace = Duration.seconds(10)
    /// How long requests in flight may go on once the server is to stop.
    public var shutdownGrace = Duration.seconds(10)
    /// How often deadlines and departed clients are looked for.
    public var sweepInterval = Duration.seconds(1)

    /// Creates a configuration with the limits above.
    public init(host: String = "127.0.0.1", port: Int = 0) {
        self.host = host
        self.port = port
    }
}
