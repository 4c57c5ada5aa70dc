/// A workflow as data, so that a seed can make up any number of them.
indirect enum Plan: Sendable {
    /// The step of that number in the scenario, which completes sooner or later.
    case step(Int)
    /// Steps beside each other.
    case all([Int])
    /// A step that may fail; the workflow goes on and tells how it ended.
    case attempt(Int)
    case sleep(milliseconds: Int)
    case signal(String)
    /// The plan of that number in the scenario, as a workflow of its own.
    case child(Int)
    case inOrder([Plan])
    case together([Plan])
    /// The first to end wins, the others are cancelled.
    case race([Plan])
    /// Runs the step when `after` was cancelled.
    case cleaning(Int, after: Plan)
    /// A place where newer code goes another way.
    case changed(String, old: Plan, new: Plan)
    case report(percent: Int)
}

/// What a step does, attempt by attempt.
struct Step: Sendable {
    enum Nature: Sendable {
        /// Fails so many times, then completes.
        case plain(failures: Int)
        /// Fails for good at the first attempt.
        case refusing
        /// Fails always, until its policy is used up.
        case exhausting(attempts: Int)
        /// Takes too long so many times, then completes.
        case hanging(times: Int)
        /// Heartbeats, falls silent so many times, then completes.
        case silent(times: Int)
        /// Leaves a ticket to the next attempt so many times, which must get it.
        case ticket(failures: Int)
    }
    var nature: Nature
    var queue: String
    /// How long an attempt takes, in milliseconds.
    var milliseconds: Int
}

extension Plan {
    /// The names of the signals it waits for.
    var signals: [String] {
        switch self {
        case .signal(let name): [name]
        case .inOrder(let plans), .together(let plans), .race(let plans): plans.flatMap(\.signals)
        case .cleaning(_, let plan): plan.signals
        case .changed(_, let old, let new): old.signals + new.signals
        case .step, .all, .attempt, .sleep, .child, .report: []
        }
    }
}
