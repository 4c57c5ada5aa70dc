import Concurrency
import Database
import FoundationEssentials
import Observability
import Workflows

/// Finds campaigns that stand still although their workflow has ended, and gives them its end.
///
/// That happens when a workflow is ended from outside, or was ended by its own timeout: its last step, which writes to
/// the row, never ran then.
struct CampaignSweep: Service {
    let name = "campaign-sweep"
    let campaigns: Campaigns
    let logger: Logger

    /// A campaign that changed within this time is left alone.
    static let patience = Duration.seconds(60)
    /// One whose workflow this engine does not know is left alone for as long as this: while an installation moves from
    /// one engine to another, the other one may be about to finish it.
    static let patienceWithUnknown = Duration.seconds(24 * 3600)

    func run(until shutdown: ShutdownSignal) async throws {
        await shutdown.every(.seconds(30), on: campaigns.clock) {
            try await sweep()
        } onFailure: { error in
            logger.warning("the sweep for campaigns that stand still failed", ["cause": "\(error)"])
        }
    }

    /// Looks at all of them once, in portions.
    func sweep() async throws {
        let limit = campaigns.clock.now.addingTimeInterval(-Self.patience.seconds)
        var last = 0
        while true {
            let ids = try await campaigns.database.read { [store = campaigns.store, last] in
                try store.standingStill(since: limit, after: last, limit: 200, in: $0)
            }
            guard let end = ids.last else { return }
            for id in ids { try await repair(id) }
            last = end
        }
    }

    private func repair(_ id: Int) async throws {
        let run = try await campaigns.engine.describe(WorkflowID(campaign: id))
        let isOver = if let run { run.status.isClosed } else { try await isLongUnknown(id) }
        guard isOver else { return }
        let message = run?.failure?.message ?? "The campaign ended without a result. Create it again."
        let now = campaigns.clock.now
        let changed = try await campaigns.database.write { [store = campaigns.store] in
            try store.advance(id, to: .failed(message: message), at: now, in: $0)
        }
        if changed { logger.warning("a campaign stood still and was ended", ["job_id": .text("campaign-\(id)")]) }
    }

    private func isLongUnknown(_ id: Int) async throws -> Bool {
        let longAgo = campaigns.clock.now.addingTimeInterval(-Self.patienceWithUnknown.seconds)
        let campaign = try await campaigns.database.read { [store = campaigns.store] in try store.find(id, in: $0) }
        return campaign.map { $0.updatedAt < longAgo } ?? false
    }
}
