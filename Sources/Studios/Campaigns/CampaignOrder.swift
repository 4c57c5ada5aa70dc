import Generation
import Imaging
import Storage
import Workflows

/// What a campaign's workflow is started with: everything it needs to know, so that it never reads the row again.
struct CampaignOrder: Codable, Sendable, Equatable {
    let id: Int
    let image: ImageSource
    let ratios: [AspectRatio]
    let crop: CropFocus

    /// The pictures to make, in the client's order.
    var variations: [Variation] { ratios.map { Variation(ratio: $0, crop: crop) } }
}

/// A source picture that is in the store and can be used.
struct SourcePicture: Codable, Sendable, Equatable {
    let asset: Asset
    let origin: PictureOrigin
}

/// What a campaign's workflow ends with.
struct CampaignResult: Codable, Sendable, Equatable {
    let pictures: [RenderedPicture]
    let origin: PictureOrigin
}

/// One finished picture.
struct RenderedPicture: Codable, Sendable, Equatable {
    let ratio: AspectRatio
    let key: StorageKey
}

/// Where a campaign's pictures lie.
enum CampaignKeys {
    /// The folder that is removed with the campaign.
    static func folder(of id: Int) throws(StorageError) -> StorageKey { try StorageKey("generated/campaigns/\(id)") }

    /// The folder of what the pictures are cut from, which only the job itself needs.
    static func sources(of id: Int) throws(StorageError) -> StorageKey { try folder(of: id).appending("sources") }

    /// One picture.
    ///
    /// The colon of `9:16` becomes an `x`: it is special in URLs and on some file systems.
    static func picture(of id: Int, ratio: AspectRatio) throws(StorageError) -> StorageKey {
        try folder(of: id).appending("\(ratio.width)x\(ratio.height).jpg")
    }
}

extension PicturePrompt {
    /// What a provider is asked for.
    ///
    /// The base is large enough for every shape to be cut from it without enlarging much.
    func request(for campaign: Int) -> GenerationRequest {
        GenerationRequest(
            prompt: text, size: .pixels(width: 2048, height: 2048), seed: UInt64(seed ?? campaign),
            provider: provider.map(ProviderID.init(rawValue:)))
    }
}

extension SourcePicture {
    /// A generated picture with where it comes from.
    init(_ picture: StoredPicture) {
        self.init(
            asset: picture.asset,
            origin: PictureOrigin(
                kind: picture.origin.kind.rawValue, provider: picture.origin.provider.rawValue,
                seed: picture.seed.flatMap(Int.init(exactly:))))
    }
}

extension WorkflowID {
    /// The workflow that makes campaign `id`.
    init(campaign id: Int) { self.init(recorded: "campaign-\(id)") }
    /// The workflow that removes what campaign `id` left.
    init(removalOf id: Int) { self.init(recorded: "campaign-\(id)-removal") }
}
