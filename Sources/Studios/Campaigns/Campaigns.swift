import Concurrency
import Database
import FoundationEssentials
import Storage
import StudioInterface
import Web
import Workflows

/// What can be done with campaigns, whoever asks for it.
struct Campaigns: Sendable {
    let store: CampaignStore
    let database: any Database
    let admission: Admission
    let engine: any WorkflowEngine
    let links: PictureLinks
    let clock: any WallClock

    /// Takes an order in: its row and its workflow's start, in one transaction.
    func create(
        _ order: NewCampaign, idempotencyKey: String?, client: String, requestID: String
    ) async throws -> CampaignReceipt {
        let request = try IdempotentRequest(
            key: idempotencyKey, client: client, route: "POST /campaigns", content: order)
        let now = clock.now
        let receipt = try await admission.admit(request) { [store, engine] transaction in
            let id = try store.insert(order, at: now, in: transaction)
            _ = try engine.start(
                ProcessCampaign.self, id: WorkflowID(campaign: id),
                input: CampaignOrder(id: id, image: order.image, ratios: order.ratios, crop: order.crop),
                options: .init(
                    owner: client, memo: ["studio": "campaigns", "job_id": "\(id)"],
                    logContext: ["request_id": requestID]),
                in: transaction)
            return CampaignReceipt(id: id, status: .pending)
        }
        engine.wake()
        return receipt
    }

    /// The campaign `id`.
    /// - Throws: ``CampaignNotFound``.
    func find(_ id: Int) async throws -> Campaign {
        guard let campaign = try await database.read({ [store] in try store.find(id, in: $0) }) else {
            throw CampaignNotFound(id: id)
        }
        return campaign
    }

    /// A page of campaigns, newest first.
    func page(
        of status: CampaignStatus?, limit: Int, before: Int?
    ) async throws -> (campaigns: [Campaign], next: Int?) {
        // One more than asked for tells whether there is a next page.
        let found = try await database.read { [store] in
            try store.list(limit: limit + 1, before: before, status: status, in: $0)
        }
        let page = Array(found.prefix(limit))
        return (page, found.count > limit ? page.last?.id : nil)
    }

    /// Removes the campaign, stops its workflow and starts the removal of its pictures, in one transaction.
    /// - Throws: ``CampaignNotFound``.
    func delete(_ id: Int) async throws {
        try await database.write { [store, engine] transaction in
            guard try store.delete(id, in: transaction) else { throw CampaignNotFound(id: id) }
            _ = try engine.requestCancel(
                WorkflowID(campaign: id), reason: "the campaign was deleted", in: transaction)
            _ = try engine.start(
                RemoveCampaign.self, id: WorkflowID(removalOf: id), input: id,
                options: .init(memo: ["studio": "campaigns", "job_id": "\(id)"]), in: transaction)
        }
        engine.wake()
    }
}

/// There is no campaign of that number.
struct CampaignNotFound: HTTPConvertibleError {
    let id: Int
    var httpError: HTTPError { .notFound("There is no campaign \(id)") }
}
