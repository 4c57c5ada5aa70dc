import FoundationEssentials
import Imaging
import Storage
import Web

/// The answer to `POST /campaigns`.
struct CampaignReceipt: ResponseModel, Codable {
    let id: Int
    let status: CampaignStatus

    static let schema = JSONSchema.object(
        "CampaignReceipt",
        [.property("id", .integer()), .property("status", .enumeration(CampaignStatus.allCases.map(\.rawValue)))])
    static let example = CampaignReceipt(id: 1, status: .pending)
    var responseHeaders: HTTPHeaders { ["Location": "/campaigns/\(id)"] }
}

/// A campaign as clients see it.
struct CampaignAnswer: ResponseModel {
    let campaign: Campaign
    /// What a browser can open, by ratio.
    let urls: [AspectRatio: String]

    init(_ campaign: Campaign, links: PictureLinks) {
        self.campaign = campaign
        urls = campaign.pictures.mapValues { links.url(of: $0) }
    }

    init(_ campaign: Campaign, urls: [AspectRatio: String]) {
        self.campaign = campaign
        self.urls = urls
    }

    enum CodingKeys: String, CodingKey {
        case id, name, description
        case imageMetadata = "image_metadata"
        case variations, crop, status
        case processedImages = "processed_images"
        case imageURLs = "image_urls"
        case origin
        case errorMessage = "error_message"
        case createdAt = "created_at"
        case updatedAt = "updated_at"
        case completedAt = "completed_at"
    }

    // Null is written for what there is not: clients see the same fields at every status.
    func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(campaign.id, forKey: .id)
        try fields.encode(campaign.name, forKey: .name)
        try fields.encode(campaign.description, forKey: .description)
        try fields.encode(JSONValue.object(campaign.image.json), forKey: .imageMetadata)
        try fields.encode(campaign.ratios.map(\.description), forKey: .variations)
        try fields.encode(campaign.crop.rawValue, forKey: .crop)
        try fields.encode(campaign.status.rawValue, forKey: .status)
        try fields.encode(named(campaign.pictures.mapValues(\.description)), forKey: .processedImages)
        try fields.encode(named(urls), forKey: .imageURLs)
        try fields.encode(campaign.origin, forKey: .origin)
        try fields.encode(campaign.failure, forKey: .errorMessage)
        try fields.encode(campaign.createdAt.iso8601, forKey: .createdAt)
        try fields.encode(campaign.updatedAt.iso8601, forKey: .updatedAt)
        try fields.encode(campaign.completedAt?.iso8601, forKey: .completedAt)
    }

    /// In the order of the variations, so that an answer is the same each time.
    private func named(_ texts: [AspectRatio: String]) -> JSONValue {
        var object = JSONObject()
        for ratio in campaign.ratios { object[ratio.description] = texts[ratio].map { .string($0) } }
        return .object(object)
    }

    static let schema = JSONSchema.object(
        "Campaign",
        [
            .property("id", .integer()), .property("name", .nullable(.string())), .property("description", .string()),
            .property("image_metadata", ImageSource.schema.shape),
            .property("variations", .array(of: .string())),
            .property("crop", .enumeration(CropFocus.allCases.map(\.rawValue))),
            .property("status", .enumeration(CampaignStatus.allCases.map(\.rawValue))),
            .property(
                "processed_images", .map(of: .string()), doc: "Paths in the store, by ratio; empty until completed."),
            .property(
                "image_urls", .map(of: .string(format: "uri")), doc: "What a browser can open. The links expire."),
            .property(
                "origin", .nullable(origin), doc: "How the source picture came about; null until it is known."),
            .property("error_message", .nullable(.string()), doc: "Why it failed."),
            .property("created_at", .timestamp), .property("updated_at", .timestamp),
            .property("completed_at", .nullable(.timestamp)),
        ])

    private static let origin = JSONSchema.object(
        "PictureOrigin",
        [
            .property("kind", .enumeration(["upload", "procedural", "model"])),
            .property("provider", .nullable(.string())), .property("seed", .nullable(.integer())),
        ])

    static var example: CampaignAnswer {
        let time = Date(timeIntervalSince1970: 1_767_225_600)
        let pictures: [AspectRatio: StorageKey] = [.square, .portrait, .landscape].reduce(into: [:]) { keys, ratio in
            // The keys of an example are constants that pass their own check.
            keys[ratio] = try? CampaignKeys.picture(of: 1, ratio: ratio)
        }
        let campaign = Campaign(
            id: 1, name: "Spring", description: "Spring collection",
            image: .aiGenerated(PicturePrompt(text: "A calm sea at sunset", provider: nil, seed: 7)),
            ratios: [.square, .portrait, .landscape], crop: .smart, status: .completed, pictures: pictures,
            origin: PictureOrigin(kind: "procedural", provider: "procedural", seed: 7), failure: nil, createdAt: time,
            updatedAt: time.addingTimeInterval(3), completedAt: time.addingTimeInterval(3))
        return CampaignAnswer(
            campaign, urls: pictures.mapValues { "http://127.0.0.1:8001/files/\($0)?exp=1767232800&sig=..." })
    }
}

extension PictureOrigin {
    enum CodingKeys: String, CodingKey { case kind, provider, seed }

    /// Writes null for what is not known.
    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(kind, forKey: .kind)
        try fields.encode(provider, forKey: .provider)
        try fields.encode(seed, forKey: .seed)
    }
}
