/// What a picture is asked for with, in words that every provider shares.
///
/// It is small and `Codable`: histories and tickets carry it, so pictures in it are named by storage key.
public struct GenerationRequest: Codable, Hashable, Sendable {
    /// What is to be seen.
    public var prompt: String
    /// What is not to be seen; providers without such a field refuse it rather than ignore it.
    public var negativePrompt: String?
    /// The size or shape.
    public var size: GenerationSize
    /// How many pictures, from 1; picture `n` uses seed `seed + n`.
    public var count: Int
    /// The starting point of chance; nil lets the provider choose, and the result says what it chose.
    public var seed: UInt64?
    /// The provider to use; nil lets the router choose.
    public var provider: ProviderID?
    /// A model's name or an alias of the router's table; nil for the provider's own default.
    public var model: String?
    /// Pictures to start from or to be true to.
    public var references: [ReferenceImage]
    /// Where to paint, as a storage key of a picture: white is repainted, black is kept.
    public var mask: String?

    /// Creates a request.
    public init(
        prompt: String, negativePrompt: String? = nil, size: GenerationSize = .standard, count: Int = 1,
        seed: UInt64? = nil, provider: ProviderID? = nil, model: String? = nil, references: [ReferenceImage] = [],
        mask: String? = nil
    ) {
        self.prompt = prompt
        self.negativePrompt = negativePrompt
        self.size = size
        self.count = count
        self.seed = seed
        self.provider = provider
        self.model = model
        self.references = references
        self.mask = mask
    }
}

/// A stored picture that a request refers to, and what it is for.
public struct ReferenceImage: Codable, Hashable, Sendable {
    /// What the provider is to take from the picture.
    public enum Role: String, Codable, Sendable {
        case start, style, subject, person, garment
    }

    /// The picture's name in the object store.
    public var storageKey: String
    /// What it is for.
    public var role: Role

    /// Creates a reference.
    public init(storageKey: String, role: Role) {
        self.storageKey = storageKey
        self.role = role
    }
}
