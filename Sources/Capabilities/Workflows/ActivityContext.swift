import Concurrency

/// What an activity knows about the attempt it is.
///
/// Cancellation (of the workflow, by a timeout, or because the lease was lost) reaches it as cancellation of its task:
/// `Task.checkCancellation()`, `withTaskCancellationHandler`, or any cancellable wait.
public struct ActivityContext: Sendable {
    /// The id of the job it serves.
    public let workflowID: WorkflowID
    /// The execution it belongs to.
    public let runID: RunID
    /// Its id within the run: `FetchSource-1`.
    public let activityID: String
    /// The queue it was taken from.
    public let taskQueue: TaskQueue
    /// Which try this is, from 1.
    ///
    /// Tries whose process died are counted.
    public let attempt: Int

    private let previousHeartbeat: Payload?
    private let record: @Sendable (Payload?) async -> Void
    private let refusal = Refusal()

    /// Details that were too large to be kept.
    private final class Refusal: Sendable {
        let error = Locked<PayloadTooLarge?>(nil)
    }

    /// Creates a context; for engines, and for tests of an activity alone.
    /// - Parameter recordHeartbeat: Keeps the details for the next attempt and returns once they are durable.
    public init(
        workflowID: WorkflowID, runID: RunID, activityID: String, taskQueue: TaskQueue = .default, attempt: Int = 1,
        previousHeartbeat: Payload? = nil, recordHeartbeat: @escaping @Sendable (Payload?) async -> Void = { _ in }
    ) {
        self.workflowID = workflowID
        self.runID = runID
        self.activityID = activityID
        self.taskQueue = taskQueue
        self.attempt = attempt
        self.previousHeartbeat = previousHeartbeat
        record = recordHeartbeat
    }

    /// Names the effect, the same over all attempts and different for every other activity there ever is: the key under
    /// which an outside system recognises a repetition.
    public var idempotencyKey: String { "\(runID)/\(activityID)" }

    /// Says that the activity is alive and leaves `details` (a provider's ticket) to the next attempt.
    ///
    /// Returns when the details are on disk, so a ticket is safe before the next move. Details that JSON cannot hold
    /// count as a sign of life only; details beyond ``Payload/maximumByteCount`` fail the activity for good when it
    /// returns, since its next attempt would miss them.
    public func heartbeat(_ details: some Codable & Sendable) async {
        do { await record(try Payload(encoding: details)) } catch {
            // A NaN in the details must not fail the activity; its absence shows in `lastHeartbeat`.
            if let error = error as? PayloadTooLarge { refusal.error.withLock { $0 = error } }
            await record(nil)
        }
    }

    /// - Throws: ``PayloadTooLarge`` when details were refused.
    func checkDetails() throws(PayloadTooLarge) {
        if let error = refusal.error.withLock({ $0 }) { throw error }
    }

    /// Says that the activity is alive; costs no write.
    public func heartbeat() async { await record(nil) }

    /// The details that an earlier attempt left; nil when there are none of this type.
    public func lastHeartbeat<Value: Decodable>(as type: Value.Type = Value.self) -> Value? {
        // Details of an older version of the code are no details: the attempt starts from the beginning.
        try? previousHeartbeat?.decode(as: type)
    }
}
