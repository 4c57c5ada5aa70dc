/// Something a workflow decided, in the order it decided it.
public enum WorkflowCommand: Sendable, Equatable {
    case scheduleActivity(ActivityCommand)
    case cancelActivity(id: String)
    case startTimer(id: String, duration: Duration)
    case cancelTimer(id: String)
    case startChild(ChildCommand)
    case cancelChild(id: String)
    /// The run takes the changed path of ``WorkflowContext/patched(_:)``.
    case recordPatch(id: String)
}

/// An activity to be run.
public struct ActivityCommand: Sendable, Equatable {
    /// Unique within the run: `FetchSource-1`.
    public var id: String
    /// The activity's name.
    public var name: String
    /// Its input.
    public var input: Payload
    /// Where and how often it is tried.
    public var options: ActivityOptions
    /// Whether `options` were given in the call; else they are the activity's own and need no record.
    public var overridesOptions: Bool

    /// Creates a command.
    public init(id: String, name: String, input: Payload, options: ActivityOptions, overridesOptions: Bool) {
        self.id = id
        self.name = name
        self.input = input
        self.options = options
        self.overridesOptions = overridesOptions
    }
}

/// A child workflow to be started.
public struct ChildCommand: Sendable, Equatable {
    /// Unique within the run: `ProcessCampaign-1`.
    public var id: String
    /// The child workflow's name.
    public var name: String
    /// The id it runs under.
    public var workflowID: WorkflowID
    /// Its input.
    public var input: Payload

    /// Creates a command.
    public init(id: String, name: String, workflowID: WorkflowID, input: Payload) {
        self.id = id
        self.name = name
        self.workflowID = workflowID
        self.input = input
    }
}

extension WorkflowCommand: CustomStringConvertible {
    /// What a replay compares with the history, in words.
    ///
    /// Inputs are left out: they may change with the code.
    public var description: String {
        switch self {
        case .scheduleActivity(let activity): "activity \(activity.id) (\(activity.name))"
        case .cancelActivity(let id): "cancellation of activity \(id)"
        case .startTimer(let id, _): "timer \(id)"
        case .cancelTimer(let id): "cancellation of timer \(id)"
        case .startChild(let child): "child workflow \(child.id) (\(child.name))"
        case .cancelChild(let id): "cancellation of child workflow \(id)"
        case .recordPatch(let id): "patch \(id)"
        }
    }

    /// Whether a replay that asks for `self` follows a history that holds `recorded`.
    func follows(_ recorded: WorkflowCommand) -> Bool { description == recorded.description }
}
