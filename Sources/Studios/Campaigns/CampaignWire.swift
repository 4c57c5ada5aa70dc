import FoundationEssentials
import Imaging
import Storage
import Web

extension NewCampaign {
    /// The body of `POST /campaigns`.
    static let schema: Schema<NewCampaign> = .object(
        "CreateCampaign",
        .optional("name", .string(length: 1...200), example: "Spring", doc: "A short label."),
        .required(
            "description", .string(length: 1...2000, layout: .lines), example: "Spring collection, running shoes",
            doc: "What the campaign is for."),
        .required("image_metadata", ImageSource.schema),
        .optional(
            "variations", .array(of: ratio, count: 1...12, unique: true), default: [.square, .portrait, .landscape],
            doc: "The shapes to make. The shorter side has 1080 pixels."),
        .optional("crop", .enumeration(of: CropFocus.self), default: .smart, doc: "What a crop keeps.")
    ) { name, description, image, ratios, crop in
        NewCampaign(name: name, description: description, image: image, ratios: ratios, crop: crop)
    }

    /// From 1:4 to 4:1: beyond that a picture is a ribbon, and its longer side would pass what encoders take.
    private static let ratio = Schema<String>.string(length: 3...11).map { text throws(SchemaFault) in
        guard let ratio = AspectRatio(text), max(ratio.width, ratio.height) <= 4 * min(ratio.width, ratio.height) else {
            throw SchemaFault("Input should be a ratio from 1:4 to 4:1, like 16:9", type: "ratio")
        }
        return ratio
    }
}

extension ImageSource {
    /// `image_metadata` of a campaign.
    static let schema = Schema<ImageSource>.oneOf(
        "ImageMetadata", discriminator: "source_type",
        [("local", localShape), ("dropbox", dropboxShape), ("ai_generated", generatedShape)])

    private static let localShape: Schema<ImageSource> = .object(
        "LocalImage",
        .required(
            "path", uploadKey, doc: "As answered by POST /uploads; always below uploads/.")
    ) { path in ImageSource.local(path) }

    private static let dropboxShape: Schema<ImageSource> = .object(
        "DropboxImage",
        .required("dropbox_path", .string(length: 1...1000), example: "/shoe.jpg", doc: "The file's path in Dropbox.")
    ) { path in ImageSource.dropbox(path: path) }

    private static let generatedShape: Schema<ImageSource> = .object(
        "GeneratedImage",
        .required(
            "prompt", .string(length: 1...2000, layout: .lines), example: "A calm sea at sunset",
            doc: "What the picture shows."),
        .optional("provider", .string(length: 1...64), example: "procedural", doc: "Who shall make it."),
        .optional(
            "seed", .integer(0...4_294_967_295), example: 7, doc: "The same seed and prompt give the same picture.")
    ) { prompt, provider, seed in
        ImageSource.aiGenerated(PicturePrompt(text: prompt, provider: provider, seed: seed))
    }

    private static let uploadKey = Schema<String>.string(length: 1...512).example("uploads/shoe.jpg").map {
        text throws(SchemaFault) in
        guard text.hasPrefix("uploads/") else {
            throw SchemaFault("Input should be a path below uploads/, as POST /uploads answers it", type: "path")
        }
        do throws(StorageError) { return try StorageKey(text) } catch {
            throw SchemaFault("Input should be a path below uploads/: \(error)", type: "path")
        }
    }
}

extension ImageSource {
    /// The metadata as the client sent it.
    var json: JSONObject {
        switch self {
        case .local(let key): ["source_type": "local", "path": .string(key.description)]
        case .dropbox(let path): ["source_type": "dropbox", "dropbox_path": .string(path)]
        case .aiGenerated(let prompt): prompt.json
        }
    }
}

extension PicturePrompt {
    fileprivate var json: JSONObject {
        var json: JSONObject = ["source_type": "ai_generated", "prompt": .string(text)]
        json["provider"] = provider.map { .string($0) }
        json["seed"] = seed.map { .integer(Int64($0)) }
        return json
    }
}
