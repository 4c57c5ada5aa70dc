/// Why a run of a workflow's code cannot go on.
///
/// A fault of the program: retrying does not help, a change of code does.
public enum DeciderProblem: Error, Sendable, Equatable {
    /// A replay asked for something else than the history holds. `nil` stands for nothing at all.
    case nonDeterminism(recorded: String?, asked: String?)
    /// The code broke a rule of durable workflows; the text says which.
    case misuse(String)
}

extension DeciderProblem: CustomStringConvertible {
    /// What was expected, what was found, and what to do about it.
    public var description: String {
        switch self {
        case .nonDeterminism(let recorded, let asked):
            """
            non-determinism: the history holds \(recorded ?? "nothing more"), the code asks for \(asked ?? "nothing"); \
            guard the change with workflow.patched(_:) or run the code that began this workflow
            """
        case .misuse(let what): what
        }
    }
}

extension DeciderProblem {
    static let foreignAwait = DeciderProblem.misuse(
        """
        the workflow waits for something outside its context (Task.sleep, an actor with its own executor, I/O); \
        waiting and effects belong into workflow.sleep, workflow.signal or an activity
        """)
    static let escaped = DeciderProblem.misuse(
        """
        the workflow's code ran outside its own executor (Task { }, Task.detached or a foreign await); \
        use async let or a task group, which stay inside
        """)
    static func duplicate(_ id: String) -> DeciderProblem {
        .misuse("the workflow asks for \(id) twice; give each call an id of its own")
    }
}
