import Concurrency

/// What an operator can do to a job.
public enum Intervention: String, Codable, Sendable, CaseIterable {
    case retry, cancel, pause, resume, release
}

/// What became of an intervention in many jobs.
public struct BulkOutcome: Sendable, Equatable {
    /// A job that could not be changed.
    public struct Refusal: Sendable, Equatable {
        /// Its id.
        public var id: WorkflowID
        /// Why.
        public var reason: String
    }
    /// How many refusals are told one by one.
    public static let refusalLimit = 100

    /// Jobs that fit the filter.
    public var matched = 0
    /// Jobs that were changed, or would be tried in a dry run.
    public var changed = 0
    /// Jobs that could not be changed.
    public var refused = 0
    /// The first of them, with the reasons.
    public var refusals: [Refusal] = []
    /// Where to go on when there were more than the limit; nil when all were looked at.
    public var next: String?

    /// Creates an outcome of nothing yet.
    public init() {}
}

extension WorkflowSupervisor {
    /// Intervenes in one job.
    /// - Parameters:
    ///   - operatorName: Who asks for it, as pauses and cancellations tell.
    ///   - reason: What for.
    public func intervene(
        _ intervention: Intervention, in id: WorkflowID, by operatorName: String?, reason: String? = nil
    ) async throws -> InterventionOutcome {
        switch intervention {
        case .retry: return try await retry(id, from: nil)
        case .pause: return try await pause(id, by: operatorName, reason: reason)
        case .resume: return try await resume(id)
        case .cancel:
            let reason = reason ?? operatorName.map { "\($0) asked for it" } ?? "an operator asked for it"
            return switch try await requestCancel(id, reason: reason) {
            case .accepted: .done("It is asked to stop; it may clean up before it ends.")
            case .alreadyClosed: .refused("It has ended; there is nothing to cancel.")
            case .notFound: .notFound
            }
        case .release:
            return switch try await release(id) {
            case .released: .done("It is tried again.")
            case .notParked: .refused("Nothing of it is parked.")
            case .notFound: .notFound
            }
        }
    }

    /// Intervenes in every job that fits a filter, newest first, each in a transaction of its own.
    ///
    /// Without a status in the filter those are looked at that the intervention is for: failed ones for a retry, running
    /// ones for everything else.
    /// - Parameters:
    ///   - limit: Jobs looked at; what is left begins at ``BulkOutcome/next``.
    ///   - isDryRun: Only counts.
    public func intervene(
        _ intervention: Intervention, inAll filter: WorkflowFilter, by operatorName: String?, reason: String? = nil,
        limit: Int = 1000, isDryRun: Bool = false
    ) async throws -> BulkOutcome {
        var filter = filter
        filter.status = filter.status ?? (intervention == .retry ? .failed : .running)
        var outcome = BulkOutcome()
        repeat {
            filter.limit = min(100, limit - outcome.matched)
            let page = try await list(filter)
            outcome.matched += page.workflows.count
            filter.after = page.next
            if isDryRun {
                outcome.changed += page.workflows.count
                continue
            }
            // A few at a time: their commits then share a write to the disk.
            let results = try await page.workflows.concurrentMap(atMost: 8) { job in
                (job.id, try await intervene(intervention, in: job.id, by: operatorName, reason: reason))
            }
            for (id, result) in results { outcome.add(result, of: id) }
        } while filter.after != nil && outcome.matched < limit
        outcome.next = filter.after
        return outcome
    }
}

extension BulkOutcome {
    fileprivate mutating func add(_ result: InterventionOutcome, of id: WorkflowID) {
        switch result {
        case .done: changed += 1
        case .notFound: add("It is gone.", of: id)
        case .refused(let reason): add(reason, of: id)
        }
    }

    private mutating func add(_ reason: String, of id: WorkflowID) {
        refused += 1
        if refusals.count < Self.refusalLimit { refusals.append(Refusal(id: id, reason: reason)) }
    }
}
