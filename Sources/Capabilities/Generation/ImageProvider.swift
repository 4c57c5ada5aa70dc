/// A maker of pictures, in two moves that the history records one by one.
///
/// The intent is written before ``submit(_:key:)`` and the ticket right after. After a crash in between, the caller
/// cannot know whether the order was taken: that is ``GenerationError/uncertain(provider:detail:)``, and policy decides.
public protocol ImageProvider: Sendable {
    /// Its name.
    var id: ProviderID { get }
    /// Its models and limits.
    var offer: ProviderOffer { get }

    /// Says whether it can do `request`, without asking anybody.
    func supports(_ request: GenerationRequest) -> Support

    /// Orders the pictures.
    ///
    /// - Parameters:
    ///   - request: One that ``supports(_:)`` accepts.
    ///   - key: The same for every attempt of the same order.
    /// - Throws: ``GenerationError``; `uncertain` when the order may have been taken all the same.
    func submit(_ request: GenerationRequest, key: GenerationKey) async throws(GenerationError) -> Ticket

    /// Asks for the pictures of an order; it never orders anything and may be repeated at will.
    /// - Throws: ``GenerationError``; `expired` when they are gone.
    func collect(_ ticket: Ticket) async throws(GenerationError) -> Collected

    /// Gives an order up. It is a courtesy: what was begun may be finished and charged all the same.
    func cancel(_ ticket: Ticket) async
}

extension ImageProvider {
    /// Does nothing: most providers cannot take an order back.
    public func cancel(_ ticket: Ticket) async {}
}
