import Concurrency
import FoundationEssentials
public import GRPCClient
import Workflows

/// A namespace of a Temporal cluster, as this program uses it.
public struct TemporalCluster: Sendable {
    let channel: GRPCChannel
    let namespace: String
    /// Who this process is, as Temporal's tools show it.
    let identity: String
    private let queuePrefix: String

    /// Names a namespace; nothing is called yet.
    /// - Parameters:
    ///   - namespace: It must exist.
    ///   - identity: Shown beside everything that this process does: `4711@host`.
    ///   - queuePrefix: Stands before the names of our task queues, so that they meet no others of the namespace.
    public init(channel: GRPCChannel, namespace: String, identity: String, queuePrefix: String = "atelier-") {
        self.channel = channel
        self.namespace = namespace
        self.identity = identity
        self.queuePrefix = queuePrefix
    }

    /// The name on the server of one of our queues.
    func name(of queue: TaskQueue) -> String { queuePrefix + queue.rawValue }

    /// The queue whose name on the server this is.
    func queue(named name: String) -> TaskQueue {
        TaskQueue(rawValue: name.hasPrefix(queuePrefix) ? String(name.dropFirst(queuePrefix.count)) : name)
    }

    /// The queue that workflows themselves wait in.
    var workflowQueue: String { name(of: .default) }

    /// Calls a method of the workflow service, again while the server says that this may help.
    /// - Parameter patience: How long to go on trying.
    func call<Answer: ProtoMessage>(
        _ method: String, _ request: some ProtoMessage, as answer: Answer.Type = Answer.self,
        timeout: Duration = .seconds(10), patience: Duration = .seconds(20)
    ) async throws -> Answer {
        let message = request.protoBytes
        let start = ContinuousClock.now
        var pause = Duration.milliseconds(100)
        while true {
            do {
                return try await once(method, message, timeout: timeout)
            } catch let error as GRPCError where error.isWorthRepeating && ContinuousClock.now - start < patience {
                let shortest = error.code == .resourceExhausted ? max(pause, .seconds(1)) : pause
                try await Task.sleep(for: shortest * Double.random(in: 0.8..<1.2))
                pause = min(pause * 1.7, .seconds(5))
            }
        }
    }

    /// Calls a method once.
    func once<Answer: ProtoMessage>(
        _ method: String, _ message: [UInt8], timeout: Duration
    ) async throws -> Answer {
        let path = "/temporal.api.workflowservice.v1.WorkflowService/" + method
        do {
            return try Answer(protoBytes: try await channel.call(path, message, timeout: timeout))
        } catch let error as GRPCError {
            throw error.naming(namespace: namespace)
        }
    }

    /// Asks for the server's version; for health checks.
    /// - Throws: ``GRPCClient/GRPCError`` when it cannot be reached or does not know the namespace.
    public func probe(timeout: Duration = .seconds(5)) async throws -> String {
        let _: WireNothing = try await once(
            "DescribeNamespace", WireDescribeNamespace(namespace: namespace).protoBytes, timeout: timeout)
        let info: WireSystemInfo = try await once("GetSystemInfo", [], timeout: timeout)
        return info.serverVersion
    }

    /// Closes the connection; later calls fail.
    public func close() async { await channel.close() }

    /// A run's events from `token` on, or from its beginning.
    func history(of execution: WireExecution, from token: [UInt8] = []) async throws -> [WireEvent] {
        var events: [WireEvent] = []
        var token = token
        repeat {
            var request = WireGetHistory(namespace: namespace, execution: execution)
            request.pageToken = token
            let page = try await call(
                "GetWorkflowExecutionHistory", request, as: WireHistoryPage.self, timeout: .seconds(30))
            events += page.history?.events ?? []
            token = page.pageToken
        } while !token.isEmpty
        return events
    }

    /// The event with which a run ended; waits for it up to half a minute.
    func closeEvent(of execution: WireExecution, waits: Bool) async throws -> WireEvent? {
        var request = WireGetHistory(namespace: namespace, execution: execution)
        request.waitsForNewEvent = waits
        request.filter = WireGetHistory.Filter.closeEvent
        do {
            let page = try await call(
                "GetWorkflowExecutionHistory", request, as: WireHistoryPage.self, timeout: .seconds(30))
            return page.history?.events.last
        } catch let error as GRPCError where error.code == .deadlineExceeded {
            return nil
        }
    }
}

extension GRPCError {
    /// Whether the same call may succeed in a moment; a request that is too large never does.
    var isWorthRepeating: Bool {
        switch code {
        case .unavailable, .aborted, .internalError, .unknown, .dataLoss, .outOfRange, .deadlineExceeded: true
        case .resourceExhausted: !message.contains("larger than max")
        case .cancelled, .invalidArgument, .notFound, .alreadyExists, .permissionDenied, .failedPrecondition,
            .unimplemented, .unauthenticated:
            false
        }
    }
}
