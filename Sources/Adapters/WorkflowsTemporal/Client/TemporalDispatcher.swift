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
    private let concurrency: Int

    /// - Parameters:
    ///   - interval: How often to look for what nobody told it of.
    ///   - concurrency: Requests under way at once, each of another workflow; with one they arrive in their order.
    public init(
        engine: TemporalWorkflowEngine, logger: Logger = .silent, interval: Duration = .seconds(2),
        concurrency: Int = 32
    ) {
        self.engine = engine
        self.concurrency = max(1, concurrency)
        self.logger = logger.labelled(name)
        self.interval = interval
    }

    /// Dispatches until the program ends; what is left is told by the next process.
    public func run(until shutdown: ShutdownSignal) async throws {
        let (rings, bell) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let remove = engine.bulletin.add { bell.yield() }
        defer { remove() }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [self] in
                for await _ in rings { await dispatchAll(ringing: bell) }
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

    private func dispatchAll(ringing bell: AsyncStream<Void>.Continuation) async {
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
    private func dispatch() async throws -> Int {
        let now = engine.clock.now.microseconds
        let rows = try await engine.database.write { [concurrency] connection in
            try Outbox.claim(concurrency, now: now, until: now + 30_000_000, on: connection)
        }
        return try await withThrowingTaskGroup(of: Bool.self) { group in
            for row in rows { group.addTask { try await self.tell(row) } }
            return try await group.reduce(0) { $1 ? $0 + 1 : $0 }
        }
    }

    private func tell(_ row: Outbox.Row) async throws -> Bool {
        do {
            try await send(row)
        } catch let error as GRPCError {
            // A reset that finds nothing has not been done: the job must not seem to run.
            let isSettled = error.code == .alreadyExists || (error.code == .notFound && row.kind != .reset)
            guard isSettled else {
                try await refused(row, error)
                return false
            }
        }
        try await engine.database.write { try Outbox.remove(row, on: $0) }
        return true
    }

    private func send(_ row: Outbox.Row) async throws {
        let method =
            switch row.kind {
            case .start: "StartWorkflowExecution"
            case .signal: "SignalWorkflowExecution"
            case .cancel: "RequestCancelWorkflowExecution"
            case .reset: "ResetWorkflowExecution"
            }
        let _: WireNothing = try await engine.cluster.once(method, row.request, timeout: .seconds(10))
    }

    /// It stays in the outbox; what the server will never take says so in the log and in the workflow's row.
    private func refused(_ row: Outbox.Row, _ error: GRPCError) async throws {
        let again = engine.clock.now.microseconds + (error.isWorthRepeating ? 500_000 : 30_000_000)
        try await engine.write { [engine] connection in
            if row.kind.isRefused(by: error) {
                let what = row.kind == .start ? "be started" : "go on"
                let failure = WorkflowFailure(
                    kind: "refusedByTemporal", message: "The job could not \(what).", cause: error.message)
                let ending = WorkflowRows.Ending(status: .failed, failure: failure, closedAt: Date())
                try engine.note(ending, of: WorkflowID(recorded: row.workflowID), on: connection)
                return try Outbox.remove(row, on: connection)
            }
            try Outbox.delay(row, until: again, reason: error.description, on: connection)
        }
        if !error.isWorthRepeating {
            logger.error(
                "Temporal refuses a request",
                ["job_id": .text(row.workflowID), "kind": .text(row.kind.rawValue), "error": .text(error.description)])
        } else {
            throw error
        }
    }
}

extension Outbox.Kind {
    /// Whether the server will never take it, so that the workflow is at its end.
    fileprivate func isRefused(by error: GRPCError) -> Bool {
        switch self {
        case .start: error.code == .invalidArgument
        case .reset: [.invalidArgument, .notFound, .failedPrecondition].contains(error.code)
        case .signal, .cancel: false
        }
    }
}

extension TemporalWorkflowEngine {
    /// How many requests the server has yet to be told.
    public func undispatched() async throws -> Int {
        try await database.read { try $0.first("SELECT COUNT(*) AS n FROM temporal_outbox")?.integer("n") ?? 0 }
    }
}
