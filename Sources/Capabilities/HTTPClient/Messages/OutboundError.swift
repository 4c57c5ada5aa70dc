import Concurrency

/// Why there is no answer, or not all of it.
public struct OutboundError: Error, Equatable, Sendable {
    /// What happened.
    public enum Reason: Equatable, Sendable {
        /// It was not allowed to leave.
        case refused(OutboundRefusal)
        /// No such host.
        case nameNotFound(host: String)
        /// Nobody answers there.
        case connectFailed(host: String, cause: String)
        /// The other side could not prove who it is, or speaks another TLS.
        case tls(host: String, cause: String)
        /// It took too long.
        case timedOut(Limit)
        /// The answer is longer than allowed.
        case tooLarge(limit: Int)
        /// One redirect after the other.
        case tooManyRedirects(limit: Int)
        /// The connection ended in the middle.
        case cutOff(cause: String)
        /// What came is not HTTP as it should be.
        case badAnswer(cause: String)
        /// The source of the request's body failed.
        case badBody(cause: String)
        /// Too many requests are under way in this process.
        case overloaded
    }

    /// Which limit was broken.
    public enum Limit: Equatable, Sendable {
        /// Until the connection stands.
        case connecting(Duration)
        /// For the whole exchange.
        case whole(Duration)
        /// Fewer bytes a second than allowed, for too long.
        case tooSlow(bytesPerSecond: Int)
    }

    /// Whether the other side can have seen the request.
    public enum Delivery: Equatable, Sendable {
        /// Not a byte of it left: sending it again cannot do anything twice.
        case neverSent
        /// It may have been taken, and carried out.
        case maybeSent
    }

    /// What happened.
    public let reason: Reason
    /// Whether the other side can have seen the request.
    public let delivery: Delivery

    /// Creates the error.
    public init(_ reason: Reason, delivery: Delivery) {
        self.reason = reason
        self.delivery = delivery
    }

    /// Whether the same request may succeed later without a change by anybody here.
    public var isRetryable: Bool {
        switch reason {
        case .nameNotFound, .connectFailed, .timedOut, .cutOff, .overloaded: true
        case .refused, .tls, .tooLarge, .tooManyRedirects, .badAnswer, .badBody: false
        }
    }

    /// A stable word for records and metrics: `timedOut`.
    public var kind: String {
        switch reason {
        case .refused: "refused"
        case .nameNotFound: "nameNotFound"
        case .connectFailed: "connectFailed"
        case .tls: "tls"
        case .timedOut: "timedOut"
        case .tooLarge: "tooLarge"
        case .tooManyRedirects: "tooManyRedirects"
        case .cutOff: "cutOff"
        case .badAnswer: "badAnswer"
        case .badBody: "badBody"
        case .overloaded: "overloaded"
        }
    }

    /// One sentence for whoever chose the URL; it names neither addresses nor the library's words.
    public var message: String {
        switch reason {
        case .refused(let refusal): refusal.message
        case .nameNotFound(let host): "There is no host \(host)."
        case .connectFailed(let host, _): "The host \(host) does not accept connections."
        case .tls(let host, _): "The certificate of \(host) cannot be trusted."
        case .timedOut(.connecting(let limit)): "The host could not be connected within \(limit.seconds) s."
        case .timedOut(.whole(let limit)): "The answer was not complete within \(limit.seconds) s."
        case .timedOut(.tooSlow(let rate)): "The host sends fewer than \(rate) bytes a second."
        case .tooLarge(let limit): "The answer is larger than \(limit) bytes."
        case .tooManyRedirects(let limit): "The host redirects more than \(limit) times."
        case .cutOff: "The connection ended before the answer was complete."
        case .badAnswer: "The host's answer is not proper HTTP."
        case .badBody: "What was to be sent could not be read."
        case .overloaded: "Too many requests to other hosts are under way."
        }
    }
}

extension OutboundError: CustomStringConvertible {
    /// For operators: with the cause.
    public var description: String {
        switch reason {
        case .connectFailed(_, let cause), .tls(_, let cause), .cutOff(let cause), .badAnswer(let cause),
            .badBody(let cause):
            "\(message) (\(cause))"
        case .refused(.address(let kind)): "\(message) (\(kind.rawValue))"
        default: message
        }
    }
}
