import Cryptography
import Imaging
import Storage
import StudioInterface
import Web

/// `POST /uploads`: brings a picture into the store, so that a remote client can use it as a `local` source.
struct UploadRoutes: Sendable {
    let uploads: Uploads
    let access: Access

    func register(in router: inout Router) {
        router.add(upload)
    }

    private var upload: Route {
        Route(
            raw: .post, "/uploads", summary: "Upload a picture",
            doc: "A JPEG, PNG or WebP, judged by its content, up to 50 MB, as the multipart field `file`.",
            tags: ["Campaigns"], access: access,
            accepts: .multipart(file: "file", doc: "The picture."),
            returns: [.json(status: 201, doc: "Stored", UploadAnswer.self)],
            errors: [
                DocumentedError(413, "The picture is too large"),
                DocumentedError(415, "The file is no JPEG, PNG or WebP"),
            ]
        ) { [uploads] request in
            try .json(await uploads.take(request.request.body), status: 201)
        }
    }
}

/// The answer to `POST /uploads`.
struct UploadAnswer: ResponseModel {
    let path: String
    let url: String
    let width: Int
    let height: Int
    let mediaType: String

    enum CodingKeys: String, CodingKey {
        case path, url, width, height
        case mediaType = "media_type"
    }

    static let schema = JSONSchema.object(
        "Upload",
        [
            .property("path", .string(), doc: "For image_metadata.path of a campaign."),
            .property("url", .string(format: "uri"), doc: "What a browser can open. The link expires."),
            .property("width", .integer(), doc: "In pixels, upright."), .property("height", .integer()),
            .property("media_type", .enumeration(["image/jpeg", "image/png", "image/webp"])),
        ])
    static let example = UploadAnswer(
        path: "uploads/3f8a.jpg", url: "http://127.0.0.1:8001/files/uploads/3f8a.jpg?exp=1767232800&sig=...",
        width: 4000, height: 3000, mediaType: "image/jpeg")
}
