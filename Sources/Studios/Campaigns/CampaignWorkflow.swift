import Generation
import Imaging
import Storage
import Workflows

/// From a campaign's order to its pictures.
struct ProcessCampaign: Workflow {
    static let name = "ProcessCampaign"

    func run(_ campaign: CampaignOrder, in workflow: WorkflowContext) async throws -> CampaignResult {
        do {
            return try await pictures(for: campaign, in: workflow)
        } catch {
            // Also after a cancellation, and with words for the client, whatever the cause.
            let message = CampaignError.message(of: error)
            _ = try await workflow.shielded {
                try await workflow.execute(RecordFailure.self, .init(id: campaign.id, message: message))
            }
            throw error
        }
    }

    private func pictures(for campaign: CampaignOrder, in workflow: WorkflowContext) async throws -> CampaignResult {
        try await workflow.report(step: "processing", progress: 5)
        _ = try await workflow.execute(BeginCampaign.self, campaign.id)
        try await workflow.report(step: "fetching_source", progress: 15)
        let source = try await source(of: campaign, in: workflow)
        try await workflow.report(step: "rendering", progress: 40)
        let pictures = try await workflow.execute(RenderPictures.self, .init(campaign: campaign, source: source))
        try await workflow.report(step: "publishing", progress: 95)
        let result = CampaignResult(pictures: pictures, origin: source.origin)
        _ = try await workflow.execute(PublishCampaign.self, .init(id: campaign.id, result: result))
        return result
    }

    private func source(of campaign: CampaignOrder, in workflow: WorkflowContext) async throws -> SourcePicture {
        switch campaign.image {
        case .local(let key):
            return try await workflow.execute(CheckUpload.self, key)
        case .dropbox:
            throw CampaignError.dropboxNotConfigured
        case .aiGenerated(let prompt):
            let order = try await workflow.execute(SubmitGeneration.self, prompt.request(for: campaign.id))
            let folder = try CampaignKeys.sources(of: campaign.id)
            let pictures = try await workflow.execute(
                CollectGeneration.self, .init(ticket: order.ticket, folder: folder))
            guard let picture = pictures.first else {
                throw CampaignError.generationFailed(reason: "the provider answered without a picture")
            }
            return SourcePicture(picture)
        }
    }
}

/// Removes what a deleted campaign left in the store.
struct RemoveCampaign: Workflow {
    static let name = "RemoveCampaign"

    func run(_ id: Int, in workflow: WorkflowContext) async throws -> Int {
        try await workflow.execute(RemovePictures.self, id)
    }
}
