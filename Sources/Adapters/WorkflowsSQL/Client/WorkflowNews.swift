public import Concurrency
import Database
import Workflows

/// Brings word of workflows that move in other processes to those who watch them in this one.
///
/// A process that serves clients runs it, whether it has workers or not.
public final class WorkflowNews: Service {
    /// How the service is called in logs.
    public let name = "workflow-news"
    private let engine: SQLWorkflowEngine
    private let interval: Duration

    /// - Parameter interval: How often to look where the database carries no words, and for words that were lost.
    public init(engine: SQLWorkflowEngine, interval: Duration = .seconds(1)) {
        self.engine = engine
        self.interval = interval
    }

    /// Listens and looks until `shutdown` is triggered.
    public func run(until shutdown: ShutdownSignal) async throws {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [engine] in await engine.hearOfChanges() }
            group.addTask { [engine, interval] in
                // Ends when it is cancelled, because of the shutdown.
                while (try? await engine.clock.sleep(for: interval)) != nil { await engine.lookForChanges() }
            }
            group.addTask { await shutdown.wait() }
            // The listening ends at once where there are no words.
            while await group.next() != nil, !shutdown.isTriggered {}
            group.cancelAll()
        }
    }
}

extension SQLWorkflowEngine {
    fileprivate func hearOfChanges() async {
        guard let messages = database.notifications(on: Herald.Channel.changes.rawValue) else { return }
        for await message in messages {
            for word in herald.words(in: message) ?? [] {
                if let id = WorkflowID(rawValue: word) { bulletin.watchers.announce(id, isClosed: false) }
            }
        }
    }

    /// Looks at all workflows that are watched here in a few statements, however many watch.
    fileprivate func lookForChanges() async {
        let watched = bulletin.watchers.watched
        guard !watched.isEmpty else { return }
        // While the database is away nothing moves; the next look comes soon.
        let states = try? await database.read { connection in
            var states: [WorkflowID: String] = [:]
            for start in stride(from: 0, to: watched.count, by: 100) {
                let page = watched[start..<min(start + 100, watched.count)]
                for row in try connection.query(
                    """
                    SELECT workflow_id, status, step, progress FROM workflow_runs
                    WHERE workflow_id IN (\(list: page.map(\.rawValue)))
                    """)
                {
                    let state = try "\(row.text("status")) \(row.integer("progress")) \(row.optionalText("step") ?? "")"
                    states[WorkflowID(recorded: try row.text("workflow_id"))] = state
                }
            }
            return states
        }
        for (id, state) in states ?? [:] where bulletin.watchers.note(state, of: id) {
            bulletin.watchers.announce(id, isClosed: false)
        }
    }
}
