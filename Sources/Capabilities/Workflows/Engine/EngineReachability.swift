/// Whether whoever keeps the workflows can be reached.
public enum EngineReachability: Sendable, Equatable {
    /// The engine is this program and its database.
    case embedded
    /// A cluster keeps them, and answers.
    case connected
    /// A cluster keeps them, and does not answer; why, for operators.
    case disconnected(String)
}

/// Whoever keeps the workflows is away: no work is taken in until it is back.
public struct EngineUnavailable: Error, Sendable, Equatable, CustomStringConvertible {
    /// Why, for operators.
    public let reason: String
    /// Creates the error.
    public init(reason: String) { self.reason = reason }
    /// What is wrong.
    public var description: String { "the workflow engine cannot be reached: \(reason)" }
}

extension WorkflowEngine {
    /// Asks whether the engine can be reached; the answer takes two seconds at most.
    public func reachability() async -> EngineReachability { .embedded }

    /// Refuses new work while the engine is known to be away; never waits.
    /// - Throws: ``EngineUnavailable``.
    public func checkReachable() throws {}
}
