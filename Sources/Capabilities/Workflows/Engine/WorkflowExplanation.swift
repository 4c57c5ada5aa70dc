public import FoundationEssentials

/// Why a job is where it is, and what moves it on.
public struct WorkflowExplanation: Sendable, Equatable {
    /// The reason as a stable word.
    public enum Code: String, Codable, Sendable, CaseIterable {
        case completed, failed, cancelled, timedOut
        case paused
        /// It, or an activity of it, killed its workers too often, or its code does not fit; somebody must release it.
        case parked
        case running
        /// An activity waits for its next attempt.
        case retrying
        /// Nobody works at all.
        case noWorker
        /// Nobody takes from the queue that it waits in.
        case noWorkerForQueue
        case queuePaused, queueFull, rateLimited
        /// An activity waits for a worker's slot.
        case queued
        /// The workflow waits for room in a worker's memory.
        case waiting
        /// Its holders died; it is tried alone.
        case suspect
        case sleeping, waitingForChild, waitingForSignal
        /// It has just moved, and moves again at once.
        case moving
    }

    /// The reason.
    public var code: Code
    /// One or two sentences for people.
    public var sentence: String
    /// When it goes on, where that is known.
    public var until: Date?

    /// Creates an explanation; for engines.
    public init(_ code: Code, _ sentence: String, until: Date? = nil) {
        self.code = code
        self.sentence = sentence
        self.until = until
    }
}
