/// What a workflow can wait for besides signals.
enum OperationID: Hashable, Sendable {
    case activity(String), timer(String), child(String)

    var name: String {
        switch self {
        case .activity(let name), .timer(let name), .child(let name): name
        }
    }
}

/// What the workflow asked for, and what became of it.
struct Operations {
    private enum Phase { case requested, recorded, ended }
    private struct Operation {
        let command: WorkflowCommand
        var waiter: Decider.Waiter?
        var phase = Phase.requested
        var isCancelAsked = false
    }
    private enum Pending {
        case start(OperationID), cancel(OperationID), patch(String)
    }

    private var operations: [OperationID: Operation] = [:]
    private var pending: [Pending] = []
    private var ordinals: [String: Int] = [:]
    private var waiting = 0
    /// The first rule that was broken.
    private(set) var fault: DeciderProblem?

    var hasWaiters: Bool { waiting > 0 }

    /// `FetchSource-1`, `FetchSource-2`, ...: the order of the calls is the same in every replay.
    mutating func makeID(_ name: String) -> String {
        ordinals[name, default: 0] += 1
        return "\(name)-\(ordinals[name, default: 0])"
    }

    func name(of id: OperationID) -> String? {
        switch operations[id]?.command {
        case .scheduleActivity(let activity): activity.name
        case .startChild(let child): child.name
        default: nil
        }
    }

    mutating func request(_ command: WorkflowCommand, as id: OperationID, waiter: Decider.Waiter) throws(DeciderProblem)
    {
        guard operations[id] == nil else {
            let problem = DeciderProblem.duplicate(command.description)
            fault = fault ?? problem
            throw problem
        }
        operations[id] = Operation(command: command, waiter: waiter)
        waiting += 1
        pending.append(.start(id))
    }

    mutating func recordPatch(_ id: String) { pending.append(.patch(id)) }

    /// Notes a cancellation; returns whom to tell at once that it is over.
    ///
    /// What was never sent is never sent. A timer is over at once; an activity or a child is asked to stop and its own
    /// end is waited for, since its effect may still happen.
    mutating func cancel(_ id: OperationID) -> Decider.Waiter? {
        guard var operation = operations[id], operation.phase != .ended, !operation.isCancelAsked else { return nil }
        operation.isCancelAsked = true
        let isTimer = if case .timer = id { true } else { false }
        let wasRecorded = operation.phase == .recorded
        if wasRecorded { pending.append(.cancel(id)) }
        guard isTimer || !wasRecorded else {
            operations[id] = operation
            return nil
        }
        // A recorded timer stays open until its cancellation is taken: it must reach the history.
        operation.phase = isTimer && wasRecorded ? .recorded : .ended
        let waiter = take(&operation)
        operations[id] = operation
        return waiter
    }

    /// Ends an operation; returns whoever waits for it.
    mutating func resolve(_ id: OperationID) -> Decider.Waiter? {
        guard var operation = operations[id], operation.phase != .ended else { return nil }
        operation.phase = .ended
        let waiter = take(&operation)
        operations[id] = operation
        return waiter
    }

    /// The commands since the last call.
    ///
    /// A cancellation whose target has ended meanwhile is dropped.
    mutating func takeCommands() -> [WorkflowCommand] {
        defer { pending.removeAll(keepingCapacity: true) }
        return pending.compactMap { item in
            switch item {
            case .patch(let id):
                return .recordPatch(id: id)
            case .start(let id):
                guard operations[id]?.phase == .requested else { return nil }
                operations[id]?.phase = .recorded
                return operations[id]?.command
            case .cancel(let id):
                guard operations[id]?.phase == .recorded else { return nil }
                return cancellation(of: id)
            }
        }
    }

    /// Everybody who waits, in no order that matters: their run is leaving memory.
    mutating func takeWaiters() -> [Decider.Waiter] {
        let waiters = operations.values.compactMap(\.waiter)
        for id in operations.keys { operations[id]?.waiter = nil }
        waiting = 0
        return waiters
    }

    private mutating func cancellation(of id: OperationID) -> WorkflowCommand {
        switch id {
        case .activity(let name): return .cancelActivity(id: name)
        case .child(let name): return .cancelChild(id: name)
        case .timer(let name):
            operations[id]?.phase = .ended
            return .cancelTimer(id: name)
        }
    }

    private mutating func take(_ operation: inout Operation) -> Decider.Waiter? {
        guard let waiter = operation.waiter else { return nil }
        operation.waiter = nil
        waiting -= 1
        return waiter
    }
}
