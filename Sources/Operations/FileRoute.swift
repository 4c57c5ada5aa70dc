import Concurrency
import FoundationEssentials
import Storage
import Web

/// `GET /files/{key}`: hands out what a signed link names.
struct FileRoute: Sendable {
    let objects: any ObjectStore
    let signer: URLSigner
    let clock: any WallClock

    func register(in router: inout Router) {
        router.add(
            Route(
                raw: .get, "/files/{key...}", summary: "Fetch a picture",
                doc: "Links are made by the server and expire. A changed or expired one is refused.", tags: ["Files"],
                access: .open, .path("key", .string(length: 1...512), doc: "The picture's key."),
                // The signer looks at the query as a whole; these are named so that documentation shows them.
                .query(optional: "exp", .string(), doc: "When the link ends, in seconds since 1970."),
                .query(optional: "kid", .string(), doc: "Which key signed it."),
                .query(optional: "sig", .string(), doc: "The signature."),
                returns: [
                    DocumentedResponse(status: 200, doc: "The picture", mediaType: "image/*"),
                    DocumentedResponse(status: 206, doc: "A part of it", mediaType: "image/*"),
                    DocumentedResponse(status: 304, doc: "It has not changed"),
                ], errors: [DocumentedError(403, "The link is changed or expired"), .notFound]
            ) { context, key, _, _, _ in
                try await answer(context.request, key)
            })
    }

    private func answer(_ request: HTTPRequest, _ text: String) async throws -> HTTPResponse {
        let key: StorageKey
        do throws(StorageError) { key = try StorageKey(text) } catch {
            throw HTTPError.notFound("There is no such file")
        }
        do throws(LinkRefusal) {
            try signer.verify(method: request.method, key: key, query: Self.query(request.target), now: clock.now)
        } catch {
            throw HTTPError.forbidden("\(error)")
        }
        do {
            let file = try await objects.open(key)
            // What lies under a key may be replaced: browsers ask each time, and the tag makes that cheap.
            return FileResponse(
                StoredFile(file), byteCount: file.asset.byteCount, mediaType: file.asset.mediaType,
                sha256: file.asset.sha256
            ).response(to: request)
        } catch StorageError.notFound, StorageError.escapes {
            throw HTTPError.notFound("There is no such file")
        }
    }

    private static func query(_ target: String) -> String {
        target.firstIndex(of: "?").map { String(target[target.index(after: $0)...]) } ?? ""
    }
}

/// A stored file as the server sends it.
private final class StoredFile: ResponseFile {
    private let file: LocalFile
    init(_ file: LocalFile) { self.file = file }
    var descriptor: Int32 { file.descriptor }
}
