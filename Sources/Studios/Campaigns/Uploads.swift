import Cryptography
import Imaging
import Storage
import Web

/// Takes pictures from clients into the store.
struct Uploads: Sendable {
    let objects: any ObjectStore
    let images: ImageEngine
    let links: PictureLinks
    /// Where parts of a body lie while they arrive.
    let spoolFolder: String

    static let limitInBytes = 50 << 20

    /// Stores the part `file` of `body` under a name of our own and says what it is.
    /// - Throws: ``UploadError``, ``RequestBodyError``; nothing is stored then.
    func take(_ body: any RequestBody) async throws -> UploadAnswer {
        let parts = try await body.multipart(
            limits: MultipartLimits(parts: 1, bytesInPart: Self.limitInBytes), spoolingTo: spoolFolder)
        defer { for part in parts { part.remove() } }
        guard let part = parts.first(where: { $0.name == "file" }) else { throw UploadError.noFile }
        let facts: ImageFacts
        do throws(ImageError) { facts = try await images.inspect(.path(part.path)) } catch {
            throw UploadError.picture(error)
        }
        let key = try StorageKey("uploads/\(Hex.encode(randomBytes(16))).\(facts.format.fileExtension)")
        _ = try await objects.put(.file(path: part.path, moving: true), at: key, mediaType: facts.mediaType)
        return UploadAnswer(
            path: key.description, url: links.url(of: key), width: facts.size.width, height: facts.size.height,
            mediaType: facts.mediaType)
    }
}

/// Why an upload was not taken.
enum UploadError: Error, Equatable {
    case noFile
    case picture(ImageError)
}

extension UploadError: HTTPConvertibleError {
    var httpError: HTTPError {
        switch self {
        case .noFile:
            ValidationError(at: ["body", "file"], "Field required: the multipart field file", type: "missing").httpError
        case .picture(.unsupportedFormat(let found)):
            .unsupportedMediaType("\(ImageError.unsupportedFormat(found: found))")
        case .picture(.tooManyBytes(_, let limit)):
            .tooLarge(limitInBytes: limit)
        case .picture(let error) where error.isRetryable:
            .unavailable("\(error)", retryAfter: .seconds(5))
        case .picture(let error):
            ValidationError(at: ["body", "file"], "\(error)", type: error.kind).httpError
        }
    }
}
