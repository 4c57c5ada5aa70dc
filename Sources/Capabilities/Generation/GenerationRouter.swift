/// A name that clients use for "the kind of picture I want", and who may make it, first choice first.
public struct ModelAlias: Codable, Hashable, Sendable {
    /// One way to make it.
    public struct Target: Codable, Hashable, Sendable {
        /// Who.
        public var provider: ProviderID
        /// With which of its models; nil for its default.
        public var model: String?

        /// Creates a target.
        public init(provider: ProviderID, model: String? = nil) {
            self.provider = provider
            self.model = model
        }
    }

    /// The name: `flux_pro`.
    public var name: String
    /// The ways, first choice first.
    public var targets: [Target]

    /// Creates an alias.
    public init(_ name: String, targets: [Target]) {
        self.name = name
        self.targets = targets
    }
}

/// Who was chosen for a request, and why not the others.
public struct GenerationRoute: Sendable {
    /// A choice that was passed over.
    public struct Skip: Codable, Hashable, Sendable {
        /// Who.
        public var provider: ProviderID
        /// Why, in words for the client.
        public var reason: String

        /// Creates a skip.
        public init(provider: ProviderID, reason: String) {
            self.provider = provider
            self.reason = reason
        }
    }

    /// The chosen provider.
    public let provider: any ImageProvider
    /// The request with its provider and model filled in.
    public let request: GenerationRequest
    /// Better choices that could not do it; not empty means that the result is a fallback.
    public let skipped: [Skip]
}

/// Chooses the provider and model of a request from a table of aliases.
public struct GenerationRouter: Sendable {
    /// The providers.
    public let registry: ProviderRegistry
    /// The aliases.
    public let aliases: [ModelAlias]

    /// Creates a router.
    ///
    /// Without aliases a request goes to the first provider that can do it.
    public init(_ registry: ProviderRegistry, aliases: [ModelAlias] = []) {
        self.registry = registry
        self.aliases = aliases
    }

    /// Chooses the first provider that supports `request`.
    /// - Throws: ``GenerationError/unsupportedRequest(reason:)`` that lists what is known, or everybody's reasons.
    public func route(_ request: GenerationRequest) throws(GenerationError) -> GenerationRoute {
        var skipped: [GenerationRoute.Skip] = []
        for target in try targets(for: request) {
            guard let provider = registry.providers.first(where: { $0.id == target.provider }) else {
                skipped.append(.init(provider: target.provider, reason: "it is not configured on this server"))
                continue
            }
            var resolved = request
            resolved.provider = provider.id
            resolved.model = target.model ?? provider.offer.models.first
            switch provider.supports(resolved) {
            case .full: return GenerationRoute(provider: provider, request: resolved, skipped: skipped)
            case .refused(let reason): skipped.append(.init(provider: provider.id, reason: reason))
            }
        }
        throw .unsupportedRequest(reason: Self.explanation(of: skipped))
    }

    private func targets(for request: GenerationRequest) throws(GenerationError) -> [ModelAlias.Target] {
        if let id = request.provider { _ = try registry.provider(id) }
        let named = try targets(named: request.model)
        let chosen = named.filter { request.provider == nil || $0.provider == request.provider }
        if let id = request.provider, let model = request.model, chosen.isEmpty {
            throw .unsupportedRequest(
                reason: "'\(model.prefix(64))' is not a model of \(id). Known: \(knownModels(of: id)).")
        }
        return chosen
    }

    private func targets(named model: String?) throws(GenerationError) -> [ModelAlias.Target] {
        guard let model else { return registry.providers.map { .init(provider: $0.id) } }
        if let alias = aliases.first(where: { $0.name == model }) { return alias.targets }
        let owners = registry.providers.filter { $0.offer.models.contains(model) }
        if !owners.isEmpty { return owners.map { .init(provider: $0.id, model: model) } }
        throw .unsupportedRequest(
            reason: "There is no model called '\(model.prefix(64))'. Known: \(knownModels(of: nil)).")
    }

    private func knownModels(of provider: ProviderID?) -> String {
        let models = registry.providers.filter { provider == nil || $0.id == provider }.flatMap(\.offer.models)
        let names = aliases.filter { alias in
            provider == nil || alias.targets.contains { $0.provider == provider }
        }
        return (names.map(\.name) + models).joined(separator: ", ")
    }

    private static func explanation(of skipped: [GenerationRoute.Skip]) -> String {
        guard !skipped.isEmpty else { return "No image provider is configured on this server." }
        let reasons = skipped.map { "\($0.provider): \($0.reason)" }
        return "No provider can make this picture. " + reasons.joined(separator: "; ") + "."
    }
}
