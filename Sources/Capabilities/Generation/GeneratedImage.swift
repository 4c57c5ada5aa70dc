/// A picture that a provider made, and the facts about it.
public struct GeneratedImage: Sendable {
    /// The picture as a file of ``mediaType``.
    public var bytes: [UInt8]
    /// `image/jpeg`, `image/png`, `image/webp`.
    public var mediaType: String
    /// In pixels.
    public var width: Int
    /// In pixels.
    public var height: Int
    /// The seed it was made with; nil when the provider does not tell.
    public var seed: UInt64?
    /// Where it comes from; to be written on everything that is made of it.
    public var provenance: Provenance

    /// Whether a formula drew it, and no model that has seen pictures.
    public var isProcedural: Bool { provenance.source == .procedural }

    /// Creates a picture.
    public init(
        bytes: [UInt8], mediaType: String, width: Int, height: Int, seed: UInt64?, provenance: Provenance
    ) {
        self.bytes = bytes
        self.mediaType = mediaType
        self.width = width
        self.height = height
        self.seed = seed
        self.provenance = provenance
    }
}

/// Where a generated picture comes from.
public struct Provenance: Codable, Hashable, Sendable {
    /// What kind of thing drew it.
    public enum Source: String, Codable, Sendable {
        /// Formulas of this server, without any trained model.
        case procedural
        /// A trained model.
        case model
    }

    /// What kind of thing drew it.
    public var source: Source
    /// Who.
    public var provider: ProviderID
    /// With which model and version.
    public var model: String

    /// Creates a provenance.
    public init(source: Source, provider: ProviderID, model: String) {
        self.source = source
        self.provider = provider
        self.model = model
    }
}
