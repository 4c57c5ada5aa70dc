import Concurrency
import Database
import Observability
import Workflows

/// What the program needs of whoever carries out its workflows.
protocol Engine: Sendable {
    /// The clients' and operators' side.
    var client: any WorkflowSupervisor & TaskQueueControl { get }

    /// The history of its tables.
    var migrations: [Migration] { get }

    /// What runs beside the HTTP server and the workers.
    /// - Parameter forget: Removes the files that an ended job needed on its way.
    func services(
        for roles: Set<Role>, forget: @escaping @Sendable (WorkflowDescription) async throws -> Void
    ) -> [any Service]

    /// A worker.
    func worker(_ plan: WorkerPlan) -> any Service

    /// Closes what was opened.
    func close() async
}

/// What a worker is to do.
struct WorkerPlan: Sendable {
    let registry: WorkflowRegistry
    /// How many activities of each queue at once.
    let queues: [TaskQueue: Int]
    /// Whether it takes workflows as well as activities.
    let holdsWorkflows: Bool
    /// How long running activities may go on after a stop was asked for.
    let stopGrace: Duration
}
