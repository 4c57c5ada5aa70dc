public import Concurrency
import Database
import FoundationEssentials
import GRPCClient
public import Observability
import Workflows

/// Tells the server what transactions decided, in order and until it has it.
public final class TemporalDispatcher: Service {
    /// How the service is called in logs.
    public let name = "temporal-dispatcher"
    private let engine: TemporalWorkflowEngine
    private let logger: Logger
    private let interval: Duration
    /// Requests under way at once, each of another workflow.
    private static let concurrency = 32
    /// How long the server has for its answer.
    private static let patience = Duration.seconds(5)
    /// How long a request is left to whoever took it: longer than telling takes, and so long does one wait whose
    /// dispatcher was killed.
    private static let claim = Duration.seconds(7)

    /// - Parameter interval: How often to look for what nobody told it of.
    public init(
        engine: TemporalWorkflowEngine, logger: Logger = .silent, interval: Duration = .seconds(2),
        metrics: Metrics = Metrics()
    ) {
        self.engine = engine
        self.logger = logger.labelled(name)
        self.interval = interval
        metrics.onScrape { [engine] in
            // A scrape while the database is away shows what is known without it.
            guard let waiting = try? await engine.waitingRequests() else { return [] }
            return [
                Reading(
                    "atelier_temporal_requests_waiting",
                    help: "Starts, signals and cancellations that Temporal has yet to take.",
                    value: Double(waiting))
            ]
        }
    }

    /// Dispatches until the program ends; what is left is told by the next process.
    public func run(until shutdown: ShutdownSignal) async throws {
        let (rings, bell) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let remove = engine.bulletin.add { bell.yield() }
        defer { remove() }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [self] in
                for await _ in rings { await dispatchAll() }
            }
            group.addTask { [self] in
                while (try? await engine.clock.sleep(for: interval)) != nil { bell.yield() }
            }
            bell.yield()
            await shutdown.wait()
            bell.finish()
            group.cancelAll()
        }
    }

    private func dispatchAll() async {
        do {
            while try await dispatch() > 0 {}
        } catch is CancellationError {
            return
        } catch {
            logger.warning("requests wait for Temporal", ["error": .text(String(describing: error))])
        }
    }

    /// Tells the server the next requests.
    /// - Returns: How many it has taken.
    /// - Throws: Why none of them could be told, or what is wrong with the database.
    private func dispatch() async throws -> Int {
        let now = engine.clock.now.microseconds
        let rows = try await engine.database.write { connection in
            try Outbox.claim(Self.concurrency, now: now, until: now + Self.claim.microseconds, on: connection)
        }
        let refusals = try await rows.concurrentMap(atMost: Self.concurrency) { row in try await self.tell(row) }
        let taken = refusals.count { $0 == nil }
        if taken == 0, let refusal = refusals.compactMap(\.self).first { throw refusal }
        return taken
    }

    /// - Returns: Why the server did not take it; nil when it has it, or will never take it.
    private func tell(_ row: Outbox.Row) async throws -> GRPCError? {
        do {
            try await send(row)
        } catch let error as GRPCError {
            // A reset that finds nothing has not been done: the job must not seem to run.
            let isSettled = error.code == .alreadyExists || (error.code == .notFound && row.kind != .reset)
            guard isSettled else { return try await refused(row, error) }
        }
        try await engine.database.write { try Outbox.remove(row, on: $0) }
        return nil
    }

    private func send(_ row: Outbox.Row) async throws {
        let method =
            switch row.kind {
            case .start: "StartWorkflowExecution"
            case .signal: "SignalWorkflowExecution"
            case .cancel: "RequestCancelWorkflowExecution"
            case .reset: "ResetWorkflowExecution"
            }
        let _: WireNothing = try await engine.cluster.once(method, row.request, timeout: Self.patience)
    }

    /// It stays in the outbox, unless the server will never take it.
    private func refused(_ row: Outbox.Row, _ error: GRPCError) async throws -> GRPCError? {
        let again = engine.clock.now.microseconds + (error.isWorthRepeating ? 500_000 : 30_000_000)
        let isForEver = row.kind.isRefused(by: error)
        try await engine.write { [engine] connection in
            guard isForEver else {
                return try Outbox.delay(row, until: again, reason: error.description, on: connection)
            }
            if row.kind == .start || row.kind == .reset {
                let what = row.kind == .start ? "be started" : "go on"
                let failure = WorkflowFailure(
                    kind: "refusedByTemporal", message: "The job could not \(what).", cause: error.message)
                let ending = WorkflowRows.Ending(status: .failed, failure: failure, closedAt: Date())
                try engine.note(ending, of: WorkflowID(recorded: row.workflowID), on: connection)
            }
            try Outbox.remove(row, on: connection)
        }
        if error.isWorthRepeating { return error }
        logger.error(
            "Temporal refuses a request",
            ["job_id": .text(row.workflowID), "kind": .text(row.kind.rawValue), "error": .text(error.description)])
        return isForEver ? nil : error
    }
}

extension Outbox.Kind {
    /// Whether the server will never take it.
    fileprivate func isRefused(by error: GRPCError) -> Bool {
        switch self {
        case .reset: [.invalidArgument, .notFound, .failedPrecondition].contains(error.code)
        case .start, .signal, .cancel: error.code == .invalidArgument
        }
    }
}

extension TemporalWorkflowEngine {
    fileprivate func waitingRequests() async throws -> Int {
        try await database.read { try $0.first("SELECT COUNT(*) AS n FROM temporal_outbox")?.integer("n") ?? 0 }
    }
}
