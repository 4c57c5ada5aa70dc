public import Imaging

/// A picture that a provider made, and the facts about it.
public struct GeneratedImage: Sendable {
    /// The picture itself.
    public enum Content: Sendable {
        /// Pixels, from whoever draws them in this process.
        case bitmap(Bitmap)
        /// A file as the provider sent it; it is as foreign as an upload until Imaging has read it.
        case file([UInt8], mediaType: String)
    }

    /// The picture itself.
    public var content: Content
    /// In pixels.
    public var size: PixelSize
    /// The seed it was made with; nil when the provider does not tell.
    public var seed: UInt64?
    /// What kind of thing drew it, who and with which model.
    public var origin: GenerationOrigin

    /// Whether formulas drew it, and no model that has seen pictures.
    public var isProcedural: Bool { origin.kind == .procedural }

    /// Creates a picture.
    public init(content: Content, size: PixelSize, seed: UInt64?, origin: GenerationOrigin) {
        self.content = content
        self.size = size
        self.seed = seed
        self.origin = origin
    }
}

/// Where a generated picture comes from; to be said wherever the picture or what is made of it is shown.
public struct GenerationOrigin: Codable, Hashable, Sendable {
    /// What kind of thing drew it.
    public enum Kind: String, Codable, Sendable {
        /// Formulas of this server, without any trained model.
        case procedural
        /// A trained model.
        case model
    }

    /// What kind of thing drew it.
    public var kind: Kind
    /// Who.
    public var provider: ProviderID
    /// With which model and version.
    public var model: String

    /// Creates an origin.
    public init(kind: Kind, provider: ProviderID, model: String) {
        self.kind = kind
        self.provider = provider
        self.model = model
    }

    /// The mark to write into the files.
    public var provenance: Provenance {
        switch kind {
        case .procedural:
            Provenance(sourceType: .algorithmicMedia, creatorTool: "Atelier procedural generator (\(model))")
        case .model: Provenance(sourceType: .trainedAlgorithmicMedia, creatorTool: "\(provider) \(model)")
        }
    }
}
