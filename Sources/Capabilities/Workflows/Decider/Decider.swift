import Concurrency
public import FoundationEssentials

/// Runs a workflow's code over its history: events in, commands out.
///
/// The function runs on a queue of its own that this object drains, so it moves only while a method here is being
/// called, and when the method returns it waits for its context again. Recovery is running it anew over the recorded
/// history: outcomes are handed to it in the order of the history, one continuation at a time, draining after each.
/// Handing them out as soon as they are asked for makes races replay differently.
///
/// Sendable by proof: its owner (an actor) calls it from one place at a time, the workflow's code runs only inside those
/// calls and on their thread, and a call from anywhere else is refused by `enter` before any state is touched.
public final class Decider: @unchecked Sendable {
    /// How a run ended.
    public enum Outcome: Sendable, Equatable {
        case completed(Payload)
        case failed(WorkflowFailure)
        case cancelled
        case timedOut
    }

    typealias Waiter = UnsafeContinuation<Payload, any Error>

    /// Thrown into code whose run leaves memory; it unwinds and nobody looks at what it does.
    struct Evicted: Error {}

    /// The workflow this runs.
    public let workflowID: WorkflowID
    /// The execution this is.
    public let runID: RunID
    /// How the run ended, once it did.
    public private(set) var outcome: Outcome?

    let queue = RunQueue()
    private let definition: RegisteredWorkflow
    private var task: Task<Void, Never>?
    private var isCancelRequested = false
    private(set) var isEvicted = false
    private var callsAfterEviction = 0

    var operations = Operations()
    var signals = SignalBox()
    var patches = Patches()
    private let clock = Locked(Date(timeIntervalSince1970: 0))
    private var report: WorkflowProgress?
    private var hasNewReport = false

    /// Prepares a run; nothing of it happens before the first event.
    public init(_ definition: RegisteredWorkflow, workflowID: WorkflowID, runID: RunID) {
        self.definition = definition
        self.workflowID = workflowID
        self.runID = runID
    }

    /// The signals that the workflow waits for now.
    public var awaitedSignals: [String] { signals.hasWaiters ? signals.awaited : [] }

    /// The time of the last event; it may be read from anywhere.
    var now: Date { clock.withLock { $0 } }

    /// Lets the workflow see one event and runs it until it waits again.
    ///
    /// Events of operations that are unknown or already ended are ignored.
    public func apply(_ event: WorkflowEvent, at time: Date) {
        guard outcome == nil, !isEvicted else { return }
        clock.withLock { $0 = time }
        switch event {
        case .started(let input): start(input)
        case .activityCompleted(let id, let result): resolve(.activity(id), with: .success(result))
        case .activityFailed(let id, let failure): fail(.activity(id), failure)
        case .activityCancelled(let id): resolve(.activity(id), with: .failure(CancellationError()))
        case .timerFired(let id): resolve(.timer(id), with: .success(.empty))
        case .childCompleted(let id, let result): resolve(.child(id), with: .success(result))
        case .childFailed(let id, let failure): fail(.child(id), failure)
        case .childCancelled(let id): resolve(.child(id), with: .failure(CancellationError()))
        case .signalled(let name, let payload): deliver(payload, to: name)
        case .cancelRequested:
            isCancelRequested = true
            queue.drain { task?.cancel() }
        case .deadlineReached: outcome = .timedOut
        }
    }

    /// What the workflow decided since the last call, in order.
    ///
    /// Empty once it has ended: ``outcome`` is all then.
    /// - Throws: ``DeciderProblem/misuse(_:)`` when the code broke a rule.
    public func takeCommands() throws(DeciderProblem) -> [WorkflowCommand] {
        try checkUse()
        return outcome == nil ? operations.takeCommands() : []
    }

    /// The step and progress last reported, if they were reported since the last call.
    public func takeReport() -> WorkflowProgress? {
        defer { hasNewReport = false }
        return hasNewReport ? report : nil
    }

    /// Lets go of the run: its code unwinds and is never heard again.
    ///
    /// Another decider may take the history up later.
    public func evict() {
        guard outcome == nil || outcome == .timedOut, !isEvicted else { return }
        isEvicted = true
        let waiters = operations.takeWaiters() + signals.takeWaiters()
        queue.drain {
            for waiter in waiters { waiter.resume(throwing: Evicted()) }
            task?.cancel()
        }
    }

    /// - Throws: A misuse that showed itself since the last look.
    private func checkUse() throws(DeciderProblem) {
        if let fault = operations.fault { throw fault }
        if queue.hasEscaped { throw .escaped }
        let isWaiting = operations.hasWaiters || signals.hasWaiters
        if task != nil, outcome == nil, !isWaiting { throw .foreignAwait }
    }

    private func start(_ input: Payload) {
        let context = WorkflowContext(decider: self)
        queue.drain {
            task = Task.detached(executorPreference: queue) { [self] in
                let result: Outcome
                do { result = .completed(try await definition.run(input, context)) } catch { result = ending(error) }
                if !isEvicted { outcome = result }
            }
        }
    }

    private func ending(_ error: any Error) -> Outcome {
        if error is CancellationError, isCancelRequested { return .cancelled }
        return .failed(WorkflowFailure(recording: error))
    }

    private func fail(_ id: OperationID, _ failure: WorkflowFailure) {
        let name = operations.name(of: id) ?? failure.activity ?? id.name
        resolve(id, with: .failure(ActivityError(activity: name, activityID: id.name, failure: failure)))
    }

    private func resolve(_ id: OperationID, with result: Result<Payload, any Error>) {
        guard let waiter = operations.resolve(id) else { return }
        queue.drain { waiter.resume(with: result) }
    }

    private func deliver(_ payload: Payload, to name: String) {
        guard let waiter = signals.deliver(payload, to: name) else { return }
        queue.drain { waiter.resume(returning: payload) }
    }
}

// What the context asks for, on the draining thread.
extension Decider {
    /// - Throws: ``DeciderProblem`` when the caller is not this run's own code; nothing was touched then.
    func enter() throws {
        guard queue.isCurrent else {
            queue.noteEscape()
            throw DeciderProblem.escaped
        }
        guard isEvicted else { return }
        callsAfterEviction += 1
        // Code that swallows every error in a loop would spin for ever: after a while it is left suspended instead.
        if callsAfterEviction < 1000 { throw Evicted() }
    }

    func note(_ progress: WorkflowProgress) {
        report = progress
        hasNewReport = true
    }

    /// Issues a command and waits for its outcome.
    ///
    /// A cancelled, unshielded caller is refused before anything is asked.
    func perform(_ command: WorkflowCommand, as id: OperationID) async throws -> Payload {
        if WorkflowContext.isShielded { return try await suspend(command, id) }
        try Task.checkCancellation()
        return try await withTaskCancellationHandler {
            try await suspend(command, id)
        } onCancel: {
            cancel(id)
        }
    }

    private func suspend(_ command: WorkflowCommand, _ id: OperationID) async throws -> Payload {
        try await withUnsafeThrowingContinuation { waiter in
            if isEvicted { return }
            do throws(DeciderProblem) {
                try operations.request(command, as: id, waiter: waiter)
            } catch {
                waiter.resume(throwing: error)
            }
        }
    }

    private func cancel(_ id: OperationID) {
        guard queue.isCurrent else { return queue.noteEscape() }
        guard !isEvicted else { return }
        operations.cancel(id)?.resume(throwing: CancellationError())
    }

    /// Waits for the next signal of that name.
    func waitForSignal(_ name: String) async throws -> Payload {
        if let payload = signals.takeBuffered(name) { return payload }
        let id = signals.makeWaiterID()
        if WorkflowContext.isShielded { return try await withSignalWaiter(id, name) }
        try Task.checkCancellation()
        return try await withTaskCancellationHandler {
            try await withSignalWaiter(id, name)
        } onCancel: {
            cancelSignal(id)
        }
    }

    private func withSignalWaiter(_ id: Int, _ name: String) async throws -> Payload {
        try await withUnsafeThrowingContinuation { waiter in
            if !isEvicted { signals.wait(id, name, waiter) }
        }
    }

    private func cancelSignal(_ id: Int) {
        guard queue.isCurrent else { return queue.noteEscape() }
        guard !isEvicted else { return }
        signals.removeWaiter(id)?.resume(throwing: CancellationError())
    }
}
