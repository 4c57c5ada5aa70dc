public import HTTPClient

/// Sends requests with libcurl: HTTP/1.1, and HTTP/2 where the other side offers it over TLS.
///
/// Connections are kept for further requests, for each ``Trust`` apart: a kept one was checked against that trust's rules
/// when it was opened.
public final class CurlHTTPClient: HTTPClient {
    /// What the client is set up with.
    public struct Configuration: Sendable {
        /// Where requests may go.
        public var egress: Egress
        /// The `User-Agent` of requests that name none.
        public var userAgent: String
        /// A PEM file of the authorities to believe; nil for the system's.
        public var authorityFile: String?
        /// Connections at once, for each trust; further requests wait, within their time limits.
        public var maximumConnections = 512
        /// Connections at once to one host and port.
        public var maximumConnectionsToOneHost = 128
        /// Requests at once, for each trust; one more fails at once.
        public var maximumRequests = 4096

        /// Names whose address is not asked for, as `NAME:PORT:ADDRESS`; for tests of what a resolver may answer.
        package var knownAddresses: [String] = []

        /// Creates a configuration.
        public init(egress: Egress, userAgent: String = "Atelier", authorityFile: String? = nil) {
            self.egress = egress
            self.userAgent = userAgent
            self.authorityFile = authorityFile
        }
    }

    private let configuration: Configuration
    private let guarded: TransferThread
    private let trusted: TransferThread

    /// Where requests may go.
    public var egress: Egress { configuration.egress }

    /// Creates the client; its threads start with the first request.
    public init(_ configuration: Configuration) {
        self.configuration = configuration
        guarded = TransferThread(name: "http-guarded", configuration)
        trusted = TransferThread(name: "http-trusted", configuration)
    }

    deinit {
        guarded.stop()
        trusted.stop()
    }

    /// Sends `request`, and what its redirects ask for.
    public func send(_ request: OutboundRequest, under policy: OutboundPolicy) async throws -> OutboundResponse {
        let deadline = ContinuousClock.now + policy.timeout
        var request = request
        var followed = 0
        while true {
            try Task.checkCancellation()
            try check(request, policy, delivery: followed == 0 ? .neverSent : .maybeSent)
            var hop = policy
            hop.timeout = max(deadline - .now, .milliseconds(1))
            let response = try await thread(for: policy.trust).perform(request, under: hop, limit: policy.timeout)
            guard let location = redirect(response, to: request.method) else { return response }
            guard followed < policy.maximumRedirects else {
                throw OutboundError(.tooManyRedirects(limit: policy.maximumRedirects), delivery: .maybeSent)
            }
            followed += 1
            request = try next(after: request, location)
        }
    }

    /// Breaks off what is under way.
    public func close() async {
        await guarded.close()
        await trusted.close()
    }

    private func thread(for trust: Trust) -> TransferThread { trust == .guarded ? guarded : trusted }

    private func check(_ request: OutboundRequest, _ policy: OutboundPolicy, delivery: OutboundError.Delivery) throws {
        do throws(OutboundRefusal) {
            try request.check()
            try egress.check(request.url, trust: policy.trust)
        } catch {
            throw OutboundError(.refused(error), delivery: delivery)
        }
    }

    /// Where an answer redirects to, if it is to be followed.
    private func redirect(_ response: OutboundResponse, to method: String) -> String? {
        guard method == "GET" || method == "HEAD", [301, 302, 303, 307, 308].contains(response.status) else {
            return nil
        }
        return response.headers["location"]
    }

    private func next(after request: OutboundRequest, _ location: String) throws -> OutboundRequest {
        var next = request
        do throws(OutboundRefusal) {
            next.url = try request.url.following(location)
            if request.url.isSecure, !next.url.isSecure { throw .downgrade }
        } catch {
            throw OutboundError(.refused(error), delivery: .maybeSent)
        }
        // Whatever else a caller sent may be a credential.
        if !next.url.hasSameOrigin(as: request.url) {
            next.headers = next.headers.only(["accept", "accept-language", "range", "user-agent"])
        }
        return next
    }
}
