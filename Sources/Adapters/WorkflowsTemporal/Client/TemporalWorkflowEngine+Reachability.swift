public import Concurrency
import GRPCClient
public import Observability
public import Workflows

extension TemporalWorkflowEngine {
    /// Asks the server, and remembers what it said.
    public func reachability() async -> EngineReachability {
        let found: EngineReachability
        do {
            _ = try await cluster.probe(timeout: .seconds(2))
            found = .connected
        } catch {
            found = .disconnected(String(describing: error))
        }
        lastSeen.withLock { $0 = found }
        return found
    }

    /// Closes the connection to the server; later calls fail.
    public func close() async { await cluster.close() }

    /// Goes by the last look.
    public func checkReachable() throws {
        if case .disconnected(let reason) = lastSeen.withLock({ $0 }) { throw EngineUnavailable(reason: reason) }
    }
}

/// Keeps an eye on the server, so that work is refused at once while it is away.
public final class TemporalPulse: Service {
    /// How the service is called in logs.
    public let name = "temporal-pulse"
    private let engine: TemporalWorkflowEngine
    private let interval: Duration
    private let logger: Logger
    private let wasReachable = Locked(true)

    /// - Parameter interval: How often to ask.
    public init(engine: TemporalWorkflowEngine, interval: Duration = .seconds(1), logger: Logger = .silent) {
        self.engine = engine
        self.interval = interval
        self.logger = logger.labelled(name)
    }

    /// Asks until `shutdown` is triggered.
    public func run(until shutdown: ShutdownSignal) async throws {
        await shutdown.every(interval, on: engine.clock) { [self] in
            note(await engine.reachability())
        } onFailure: { _ in
            // Asking does not fail; not being answered is an answer.
        }
    }

    private func note(_ found: EngineReachability) {
        let isReachable = found == .connected
        let before = wasReachable.withLock { was in
            defer { was = isReachable }
            return was
        }
        guard before != isReachable else { return }
        if case .disconnected(let reason) = found {
            logger.error("Temporal cannot be reached; no work is taken in", ["error": .text(reason)])
        } else {
            logger.info("Temporal is back")
        }
    }
}
