import Foundation
import Generation

/// A provider whose support is given, for tests of the router.
struct ScriptedProvider: ImageProvider {
    let id: ProviderID
    let offer: ProviderOffer
    var support = Support.full

    init(_ id: ProviderID, models: [String], support: Support = .full) {
        self.id = id
        self.support = support
        offer = ProviderOffer(models: models, taskQueue: id.rawValue)
    }

    func supports(_ request: GenerationRequest) -> Support { support }

    func submit(_ request: GenerationRequest, key: GenerationKey) async throws(GenerationError) -> Ticket {
        Ticket(provider: id, id: key.rawValue, submittedAt: Date(timeIntervalSince1970: 0))
    }

    func collect(_ ticket: Ticket) async throws(GenerationError) -> Collected { .pending(retryAfter: .seconds(1)) }
}
