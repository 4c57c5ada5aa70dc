import Concurrency
import GRPCClient
import Observability
import Workflows

/// What a worker is made of.
struct TemporalWorkerSetup: Sendable {
    let engine: TemporalWorkflowEngine
    let registry: WorkflowRegistry
    let queues: [TaskQueue: Int]
    let holdsWorkflows: Bool
    let limits: TemporalWorkerLimits
    let logger: Logger
    let metrics: WorkerMetrics
    /// One process, for the server's eyes.
    let instanceKey: String
    let build: TemporalBuild
    let gate: QueueGate

    var cluster: TemporalCluster { engine.cluster }
    /// The queue that only this process polls, for runs that it has in memory.
    var stickyQueue: String { "\(cluster.workflowQueue)-\(instanceKey)" }
}

/// How much a worker takes on, and how patient it is.
public struct TemporalWorkerLimits: Sendable, Equatable {
    /// Workflows in memory at a time.
    public var runsInMemory: Int
    /// Polls for workflow tasks that are open at a time, for each of the two queues.
    public var workflowPolls: Int
    /// Polls for activities that are open at a time, for each queue.
    public var activityPolls: Int
    /// How long a poll for an activity waits; at least a second.
    ///
    /// It is also how long a changed rule of a task queue may take: polls are left to end, since what the server has
    /// given to one that is cancelled is lost until its time is over.
    public var activityPollTime: Duration
    /// How often a running activity that does not heartbeat itself is vouched for.
    ///
    /// It is also how soon it hears of its cancellation.
    public var pulse: Duration
    /// After how much silence the server gives such an activity to somebody else.
    public var silence: Duration
    /// How long running activities may go on after a stop was asked for.
    public var stopGrace: Duration
    /// What the server lets a run have.
    var server = ServerLimits()

    /// Creates limits.
    public init(
        runsInMemory: Int = 512, workflowPolls: Int = 4, activityPolls: Int = 4,
        activityPollTime: Duration = .seconds(5), pulse: Duration = .seconds(1),
        silence: Duration = .seconds(20), stopGrace: Duration = .seconds(15)
    ) {
        self.runsInMemory = max(1, runsInMemory)
        self.workflowPolls = max(1, workflowPolls)
        self.activityPolls = max(1, activityPolls)
        self.activityPollTime = max(activityPollTime, .seconds(1))
        self.pulse = pulse
        self.silence = silence
        self.stopGrace = stopGrace
    }
}

/// What the server lets a run have; beyond it the server ends the run, or asks for the same decision for ever.
///
/// - SeeAlso: <https://docs.temporal.io/cloud/limits#per-workflow-execution-limits>
struct ServerLimits: Sendable, Equatable {
    /// Events of a history, short of the 51,200 at which a run is terminated.
    var historyEvents = 50_000
    /// Bytes of a history, as for events.
    var historyBytes = 48 << 20
    /// Activities that have not ended.
    var openActivities = 2000
    /// Bytes of a request, with some room for the frame around it.
    var requestBytes = (4 << 20) - (64 << 10)
}
