/// How many connections a pool may open, and how long things may take.
public struct PoolLimits: Sendable {
    /// Connections open at once.
    public var connections = 10
    /// How long a transaction may wait for a connection, and be tried again while others are in its way.
    public var patience = Duration.seconds(10)
    /// Transactions that may wait at once; more are refused at once.
    public var waiting = 10_000
    /// A connection unused for longer is checked by a round trip before it is used.
    public var checkAfter = Duration.seconds(5)
    /// A connection unused for this long is closed, at the latest after twice the time.
    public var closeAfter = Duration.seconds(300)

    /// Creates the usual limits.
    public init() {}
}
