/// What one exchange may do and cost.
public struct OutboundPolicy: Sendable, Equatable {
    /// Who chose the URL.
    public var trust: Trust
    /// The longest wait for a connection.
    public var connectTimeout: Duration
    /// The longest the whole exchange may take, redirects and reading the answer included.
    public var timeout: Duration
    /// The fewest bytes a second, over `slowWindow`; nil where the other side may think for long.
    public var lowestSpeed: Int?
    /// For how long it may be slower; in whole seconds.
    public var slowWindow: Duration
    /// The longest answer in bytes, after decompression.
    public var maximumBodySize: Int
    /// The most bytes of header fields.
    public var maximumHeaderSize: Int
    /// How many redirects are followed, of GET and HEAD; what was sent once is not sent to somebody else.
    public var maximumRedirects: Int
    /// Whether compressed answers are asked for and unpacked.
    public var decompresses: Bool

    /// Creates a policy.
    public init(
        trust: Trust, connectTimeout: Duration = .seconds(10), timeout: Duration = .seconds(60),
        lowestSpeed: Int? = 1000, slowWindow: Duration = .seconds(15), maximumBodySize: Int = 64 << 20,
        maximumHeaderSize: Int = 64 << 10, maximumRedirects: Int = 5, decompresses: Bool = true
    ) {
        self.trust = trust
        self.connectTimeout = connectTimeout
        self.timeout = timeout
        self.lowestSpeed = lowestSpeed
        self.slowWindow = slowWindow
        self.maximumBodySize = maximumBodySize
        self.maximumHeaderSize = maximumHeaderSize
        self.maximumRedirects = maximumRedirects
        self.decompresses = decompresses
    }

    /// For URLs that somebody outside chose.
    public static let guarded = OutboundPolicy(trust: .guarded)
    /// For the operator's own services, which may think for minutes.
    public static let trusted = OutboundPolicy(
        trust: .trusted, timeout: .seconds(300), lowestSpeed: nil, maximumBodySize: 256 << 20)
}
