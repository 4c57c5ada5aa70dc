public import Imaging
public import Storage
public import Workflows

extension GenerationError: ActivityFailure {}

/// Chooses a provider and orders the pictures; its outcome, the ticket, is in the history before anybody waits.
public struct SubmitGeneration: Activity {
    /// What was ordered, and from whom.
    public struct Order: Codable, Sendable {
        /// The receipt to collect with.
        public let ticket: Ticket
        /// Better choices that could not do it; not empty means that the result is a fallback.
        public let skipped: [GenerationRoute.Skip]
    }
    /// `SubmitGeneration`.
    public static let name = "SubmitGeneration"
    /// Few and slow tries, since each may cost.
    public static let options = ActivityOptions(retry: .imageProvider, startToClose: .seconds(120))
    private let router: GenerationRouter

    /// Creates the activity.
    public init(router: GenerationRouter) { self.router = router }

    /// Orders what `request` asks for.
    /// - Throws: ``GenerationError``.
    public func run(_ request: GenerationRequest, in activity: ActivityContext) async throws -> Order {
        let route = try router.route(request)
        let ticket = try await route.provider.submit(
            route.request, key: GenerationKey(rawValue: activity.idempotencyKey))
        return Order(ticket: ticket, skipped: route.skipped)
    }
}

/// Waits for the pictures of an order and stores them; it never orders anything.
public struct CollectGeneration: Activity {
    /// Which order, and where its pictures go.
    public struct Input: Codable, Sendable {
        /// The receipt of the order.
        public let ticket: Ticket
        /// The folder that takes `source-0.png`, `source-1.png`, ...
        public let folder: StorageKey

        /// Creates the input.
        public init(ticket: Ticket, folder: StorageKey) {
            self.ticket = ticket
            self.folder = folder
        }
    }
    /// `CollectGeneration`.
    public static let name = "CollectGeneration"
    /// Asking again is free, so it is patient.
    public static let options = ActivityOptions(
        retry: .imageProvider, startToClose: .seconds(1800), heartbeat: .seconds(120))
    private let registry: ProviderRegistry
    private let images: ImageEngine
    private let objects: any ObjectStore

    /// Creates the activity.
    public init(registry: ProviderRegistry, images: ImageEngine, objects: any ObjectStore) {
        self.registry = registry
        self.images = images
        self.objects = objects
    }

    /// Collects and stores the pictures.
    /// - Throws: ``GenerationError``, ``StorageError``.
    public func run(_ input: Input, in activity: ActivityContext) async throws -> [StoredPicture] {
        let provider = try registry.provider(of: input.ticket)
        while true {
            switch try await provider.collect(input.ticket) {
            case .ready(let images): return try await store(images, in: input.folder)
            case .pending(let wait):
                await activity.heartbeat(input.ticket.id)
                try await Task.sleep(for: wait)
            }
        }
    }

    private func store(_ generated: [GeneratedImage], in folder: StorageKey) async throws -> [StoredPicture] {
        var stored: [StoredPicture] = []
        for (index, image) in generated.enumerated() {
            let file = try await file(of: image)
            let key = try folder.appending("source-\(index).\(Self.fileExtension(of: file.mediaType))")
            let asset = try await objects.put(.bytes(file.bytes), at: key, mediaType: file.mediaType)
            stored.append(StoredPicture(asset: asset, seed: image.seed, origin: image.origin))
        }
        return stored
    }

    /// The picture as a file that says where it comes from.
    ///
    /// Pixels are kept without loss: they will be cut and encoded.
    private func file(of image: GeneratedImage) async throws(ImageError) -> (bytes: [UInt8], mediaType: String) {
        switch image.content {
        case .file(let bytes, let mediaType): return (bytes, mediaType)
        case .bitmap(let bitmap):
            let encoded = try await images.encode(bitmap, as: .png, provenance: image.origin.provenance)
            return (encoded.bytes, encoded.mediaType)
        }
    }

    private static func fileExtension(of mediaType: String) -> String {
        ImageFormat.allCases.first { $0.mediaType == mediaType }?.fileExtension ?? "bin"
    }
}

/// A generated picture in the store.
public struct StoredPicture: Codable, Sendable {
    /// Where it is.
    public let asset: Asset
    /// The seed it was made with, when the provider tells.
    public let seed: UInt64?
    /// Who drew it, and how.
    public let origin: GenerationOrigin
}
