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
    /// How long running activities may go on after a stop was asked for.
    public var stopGrace: Duration
    /// How long they then have to heed their cancellation.
    public var cancelGrace: Duration

    /// Creates limits.
    public init(
        runsInMemory: Int = 512, runsAClaim: Int = 64, lossesUntilPoison: Int = 5, lease: Duration = .seconds(30),
        sweepInterval: Duration = .seconds(5), stopGrace: Duration = .seconds(15), cancelGrace: Duration = .seconds(5)
    ) {
        self.runsInMemory = max(1, runsInMemory)
        self.runsAClaim = max(1, runsAClaim)
        self.lossesUntilPoison = max(1, lossesUntilPoison)
        self.lease = lease
        self.sweepInterval = sweepInterval
        self.stopGrace = stopGrace
        self.cancelGrace = cancelGrace
    }
}
