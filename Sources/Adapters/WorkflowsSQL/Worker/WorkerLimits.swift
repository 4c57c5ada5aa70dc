/// How much a worker takes on, and how patient it is.
public struct WorkerLimits: Sendable, Equatable {
    /// Workflows in memory at a time; about 10 kB each.
    public var runsInMemory: Int
    /// Workflows taken from the queue in one transaction.
    public var runsAClaim: Int
    /// How many times a process may die in an activity or a workflow before it is parked as poison.
    public var lossesUntilPoison: Int
    /// How long a process that cannot be seen directly may be silent before its leases are taken.
    public var lease: Duration
    /// How often a worker looks for what nobody told it of.
    public var sweepInterval: Duration
    /// How often to look for what other processes left, where the database carries no words: from soon after there was
    /// something to rarely while there is nothing; nil to rely on the sweep.
    public var poll: ClosedRange<Duration>?
    /// How long running activities may go on after a stop was asked for.
    public var stopGrace: Duration
    /// How long they then have to heed their cancellation.
    public var cancelGrace: Duration

    /// Events and commands that a history may have before its workflow is ended as a runaway.
    public var historyEntries: Int
    /// Bytes of payloads that a history may hold before its workflow is ended as a runaway.
    public var historyBytes: Int

    /// Creates limits.
    public init(
        runsInMemory: Int = 512, runsAClaim: Int = 64, lossesUntilPoison: Int = 5, lease: Duration = .seconds(30),
        sweepInterval: Duration = .seconds(5), poll: ClosedRange<Duration>? = nil, stopGrace: Duration = .seconds(15),
        cancelGrace: Duration = .seconds(5), historyEntries: Int = 50_000, historyBytes: Int = 50 << 20
    ) {
        self.runsInMemory = max(1, runsInMemory)
        self.runsAClaim = max(1, runsAClaim)
        self.lossesUntilPoison = max(1, lossesUntilPoison)
        self.lease = lease
        self.sweepInterval = sweepInterval
        self.poll = poll
        self.stopGrace = stopGrace
        self.cancelGrace = cancelGrace
        self.historyEntries = max(1, historyEntries)
        self.historyBytes = max(1, historyBytes)
    }
}
