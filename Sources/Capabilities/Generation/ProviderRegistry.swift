/// The providers of this server by name, in the order of preference.
public struct ProviderRegistry: Sendable {
    /// All of them, first choice first.
    public let providers: [any ImageProvider]

    /// Creates a registry; two providers of one name are a fault of the composition.
    public init(_ providers: [any ImageProvider]) {
        precondition(
            Set(providers.map(\.id)).count == providers.count,
            "two image providers share a name; tickets could not be told apart")
        self.providers = providers
    }

    /// The names, for messages.
    public var names: [String] { providers.map(\.id.rawValue) }

    /// Finds a provider.
    /// - Throws: ``GenerationError/unsupportedRequest(reason:)`` that lists the known ones.
    public func provider(_ id: ProviderID) throws(GenerationError) -> any ImageProvider {
        if let provider = providers.first(where: { $0.id == id }) { return provider }
        throw .unsupportedRequest(
            reason: "There is no image provider called '\(id.rawValue.prefix(64))'. "
                + "Known: \(names.joined(separator: ", ")).")
    }

    /// Finds who gave out `ticket`.
    /// - Throws: ``GenerationError/unavailable(provider:retryAfter:)`` when that provider is not configured any more:
    ///   the order is still good, and can be collected as soon as it is configured again.
    public func provider(of ticket: Ticket) throws(GenerationError) -> any ImageProvider {
        if let provider = providers.first(where: { $0.id == ticket.provider }) { return provider }
        throw .unavailable(provider: ticket.provider, retryAfter: nil)
    }
}
