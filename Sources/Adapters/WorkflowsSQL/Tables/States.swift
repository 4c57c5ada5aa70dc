/// Where a run is, for workers.
///
/// The partial indexes name the numbers.
enum RunState: Int {
    /// Something waits for it; nobody holds it.
    case ready = 0
    /// In the memory of the session beside it.
    case held = 1
    /// Not in memory, and nothing to do until an event comes.
    case idle = 2
    /// Its code cannot go on; tried again when a process starts.
    case parked = 3
    /// Ended.
    case closed = 4
    /// Ready, but its holder died repeatedly: loaded alone, so that what kills the process is known.
    case suspect = 5
    /// Ready or idle, but its job is paused: events wait in the inbox.
    case paused = 6
    /// Closed long ago; its record is being removed, and nothing can bring it back.
    case leaving = 7
}

/// Where an activity is.
///
/// The partial indexes name the numbers.
enum TaskState: Int {
    case queued = 0
    /// Waiting for its next attempt.
    case backoff = 1
    /// Leased by the session beside it.
    case running = 2
    /// Queued, but its worker died repeatedly: one such at a time.
    case suspect = 3
    /// Its worker died in it too often; it waits for somebody to release it.
    case parked = 4
    /// Queued, but its job is paused.
    case paused = 5
}

/// An activity within the database.
struct TaskKey: Hashable, Sendable {
    let run: Int
    let activityID: String
}

/// The database refused a write because its writer no longer holds the lease: somebody else does, or nobody.
enum LeaseError: Error, Equatable {
    /// The whole session was declared dead.
    case sessionLost
    /// The queues' rules changed since the worker read them: what it leased may have to wait.
    case rulesChanged
    /// One task has a newer token.
    case taskLost(run: Int, activityID: String)
}
