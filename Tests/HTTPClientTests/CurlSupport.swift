import AtelierTesting
import HTTPClient
import HTTPClientCurl

/// A client for the length of `body`; it is closed afterwards, whatever happens.
func withClient<Result: Sendable>(
    allowing rules: [String] = [], mode: Egress.Mode = .open, proxy: String? = nil,
    configure: (inout CurlHTTPClient.Configuration) -> Void = { _ in },
    _ body: (CurlHTTPClient) async throws -> Result
) async throws -> Result {
    let egress = Egress(mode: mode, allowed: rules.compactMap { EgressRule($0) }, proxy: proxy)
    var configuration = CurlHTTPClient.Configuration(egress: egress)
    configure(&configuration)
    let client = CurlHTTPClient(configuration)
    do {
        let result = try await body(client)
        await client.close()
        return result
    } catch {
        await client.close()
        throw error
    }
}

/// Runs `body` with a client beside a server.
func withServerAndClient<Result: Sendable>(
    _ handler: @escaping RawServer.Handler, _ body: (RawServer, CurlHTTPClient) async throws -> Result
) async throws -> Result {
    try await withRawServer(handler) { server in
        try await withClient { client in try await body(server, client) }
    }
}

extension RawServer {
    func url(_ target: String = "/", host: String = "127.0.0.1") throws -> OutboundURL {
        try OutboundURL("http://\(host):\(port)\(target)")
    }
}

extension OutboundPolicy {
    /// For servers of a test: trusted, and impatient enough for one.
    static let test = OutboundPolicy(trust: .trusted, timeout: .seconds(30), lowestSpeed: nil)
}

extension HTTPClient {
    /// Gets `url` and reads the answer.
    func get(_ url: OutboundURL, under policy: OutboundPolicy = .test) async throws -> (status: Int, body: String) {
        let response = try await send(OutboundRequest("GET", url), under: policy)
        let body = try await response.collect(upTo: 64 << 20)
        return (response.status, String(decoding: body, as: UTF8.self))
    }

    /// The error that a request ends with; nil when it succeeds.
    func failure(of request: OutboundRequest, under policy: OutboundPolicy = .test) async throws -> OutboundError? {
        do {
            let response = try await send(request, under: policy)
            _ = try await response.collect(upTo: 64 << 20)
            return nil
        } catch let error as OutboundError {
            return error
        }
    }
}
