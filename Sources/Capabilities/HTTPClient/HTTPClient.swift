/// Sends requests to other servers, within the rules of an ``Egress``.
public protocol HTTPClient: Sendable {
    /// Where requests may go; for whoever has to refuse a URL before it is used.
    var egress: Egress { get }

    /// Sends `request` and returns as soon as the head of the answer is there, redirects followed.
    ///
    /// Every status is an answer, none an error. Cancelling the calling task breaks the exchange off; so does letting
    /// go of the answer before its body is read.
    /// - Throws: ``OutboundError``, or `CancellationError`.
    func send(_ request: OutboundRequest, under policy: OutboundPolicy) async throws -> OutboundResponse

    /// Breaks off what is under way and closes every connection.
    func close() async
}
