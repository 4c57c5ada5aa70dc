public import FoundationEssentials
public import Imaging
public import Storage

/// What a client asked for and what became of it: one source picture, cut to several shapes.
public struct Campaign: Sendable, Equatable {
    /// Counts from 1 in the order of creation; a number is never used again.
    public let id: Int
    /// A short label, 1 to 200 characters; nil when the client gave none.
    public let name: String?
    /// What the campaign is for, 1 to 2000 characters.
    public let description: String
    /// Where the source picture comes from.
    public let image: ImageSource
    /// The shapes to make, without repeats, in the client's order.
    public let ratios: [AspectRatio]
    /// What each crop keeps.
    public let crop: CropFocus
    /// How far it is.
    public let status: CampaignStatus
    /// The finished pictures by shape; empty until completed.
    public let pictures: [AspectRatio: StorageKey]
    /// How the source picture came about; nil until it is known.
    public let origin: PictureOrigin?
    /// Why it failed, in words for the client.
    public let failure: String?
    /// When it was created.
    public let createdAt: Date
    /// When it last changed.
    public let updatedAt: Date
    /// When it ended.
    public let completedAt: Date?
}

/// How far a campaign is.
public enum CampaignStatus: String, Codable, Sendable, CaseIterable {
    case pending, processing, completed, failed

    /// The statuses from which `self` may be entered; a finished campaign stays finished,
    /// unless its workflow is reopened (``reopenable``).
    ///
    /// `processing` follows itself, because the step that enters it may be repeated after a crash.
    var predecessors: [CampaignStatus] {
        switch self {
        case .pending: []
        case .processing: [.pending, .processing]
        case .completed: [.processing]
        case .failed: [.pending, .processing]
        }
    }

    /// The statuses of which a reopened workflow makes `processing`: the only way out of `failed`.
    ///
    /// A workflow may have failed before it could write so to its campaign.
    static let reopenable: [CampaignStatus] = [.failed, .pending, .processing]
}

/// Where a campaign's source picture comes from.
public enum ImageSource: Codable, Sendable, Equatable {
    /// A file under the store's `uploads/`.
    case local(StorageKey)
    /// A file in a Dropbox folder, by its path there.
    case dropbox(path: String)
    /// A picture made from words.
    case aiGenerated(PicturePrompt)
}

/// Words to make a picture from.
public struct PicturePrompt: Codable, Sendable, Equatable {
    /// What the picture shows, 1 to 2000 characters.
    public let text: String
    /// Which provider shall make it; nil for the first configured one.
    public let provider: String?
    /// The same seed and words give the same picture, where the provider can; nil for one derived from the campaign.
    public let seed: Int?
}

/// How a picture came about, as clients are told.
public struct PictureOrigin: Codable, Sendable, Equatable {
    /// `upload`, `procedural` (drawn by rules, no model involved) or `model`.
    public let kind: String
    /// Who made it, for generated ones: `procedural`.
    public let provider: String?
    /// The seed it was made with.
    public let seed: Int?
}
