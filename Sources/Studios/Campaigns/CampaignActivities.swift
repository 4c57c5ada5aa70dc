import Concurrency
import Database
import Imaging
import Storage
import Workflows

/// Marks the campaign as begun.
struct BeginCampaign: Activity {
    static let name = "BeginCampaign"
    static let options = ActivityOptions(retry: .storage)
    let rows: CampaignRows

    func run(_ id: Int, in activity: ActivityContext) async throws -> Bool {
        try await rows.advance(id, to: .processing)
    }
}

/// Looks at an uploaded picture, so that a useless one fails before any work.
struct CheckUpload: Activity {
    static let name = "CheckUpload"
    static let options = ActivityOptions(retry: .storage)
    let objects: any ObjectStore
    let images: ImageEngine

    func run(_ key: StorageKey, in activity: ActivityContext) async throws -> SourcePicture {
        try await CampaignError.translating {
            try await objects.withLocalFile(of: key) { file in
                _ = try await images.inspect(file.image)
                return SourcePicture(asset: file.asset, origin: .init(kind: "upload", provider: nil, seed: nil))
            }
        }
    }
}

/// Cuts the source to every shape, with one decode shared by all, and stores the pictures.
struct RenderPictures: Activity {
    struct Input: Codable, Sendable {
        let campaign: CampaignOrder
        let source: SourcePicture
    }
    static let name = "RenderPictures"
    static let options = ActivityOptions(retry: .localWork, startToClose: .seconds(3600))
    let objects: any ObjectStore
    let images: ImageEngine

    func run(_ input: Input, in activity: ActivityContext) async throws -> [RenderedPicture] {
        try await CampaignError.translating {
            let variations = input.campaign.variations
            let pictures = try await objects.withLocalFile(of: input.source.asset.key) { file in
                try await images.render(variations, from: file.image)
            }
            return try await store(pictures, as: input.campaign)
        }
    }

    private func store(_ pictures: [EncodedImage], as campaign: CampaignOrder) async throws -> [RenderedPicture] {
        var stored: [RenderedPicture] = []
        for (ratio, picture) in zip(campaign.ratios, pictures) {
            let key = try CampaignKeys.picture(of: campaign.id, ratio: ratio)
            _ = try await objects.put(.bytes(picture.bytes), at: key, mediaType: picture.mediaType)
            stored.append(RenderedPicture(ratio: ratio, key: key))
        }
        return stored
    }
}

/// Writes the finished pictures to the campaign's row.
struct PublishCampaign: Activity {
    struct Input: Codable, Sendable {
        let id: Int
        let result: CampaignResult
    }
    static let name = "PublishCampaign"
    static let options = ActivityOptions(retry: .storage)
    let rows: CampaignRows

    func run(_ input: Input, in activity: ActivityContext) async throws -> Bool {
        let pictures = input.result.pictures.map { ($0.ratio, $0.key) }
        let change = CampaignChange.completed(
            pictures: Dictionary(pictures) { first, _ in first }, origin: input.result.origin)
        return try await rows.advance(input.id, to: change)
    }
}

/// Writes why there are no pictures to the campaign's row.
struct RecordFailure: Activity {
    struct Input: Codable, Sendable {
        let id: Int
        let message: String
    }
    static let name = "RecordFailure"
    static let options = ActivityOptions(retry: .storage)
    let rows: CampaignRows

    func run(_ input: Input, in activity: ActivityContext) async throws -> Bool {
        try await rows.advance(input.id, to: .failed(message: input.message))
    }
}

/// Removes a deleted campaign's pictures, once nothing can write there any more.
struct RemovePictures: Activity {
    /// The campaign's workflow has not ended yet; the retry policy asks again.
    struct StillRunning: ActivityFailure {
        let kind = "stillRunning"
        let isRetryable = true
        let message = "The campaign is still being stopped."
    }
    static let name = "RemovePictures"
    static let options = ActivityOptions(
        retry: RetryPolicy(initialInterval: .milliseconds(200), maximumInterval: .seconds(30), maximumAttempts: nil),
        scheduleToClose: .seconds(24 * 3600))
    let objects: any ObjectStore
    let engine: any WorkflowEngine

    func run(_ id: Int, in activity: ActivityContext) async throws -> Int {
        if let run = try await engine.describe(WorkflowID(campaign: id)), !run.status.isClosed {
            throw StillRunning()
        }
        return try await objects.deleteAll(under: CampaignKeys.folder(of: id))
    }
}

/// The campaign's row, from inside an activity.
struct CampaignRows: Sendable {
    let store: CampaignStore
    let database: any Database
    let clock: any WallClock

    func advance(_ id: Int, to change: CampaignChange) async throws -> Bool {
        let now = clock.now
        return try await database.write { [store] in try store.advance(id, to: change, at: now, in: $0) }
    }
}

extension LocalFile {
    /// The file as the image engine takes it.
    ///
    /// The open descriptor is named rather than the path, so that a file that is replaced meanwhile is not another one.
    var image: ImageFile { .path("/proc/self/fd/\(descriptor)") }
}
