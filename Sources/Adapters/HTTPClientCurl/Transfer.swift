import CCurl
import Concurrency
import Glibc
import HTTPClient

/// One of libcurl's transfers; only the thread that made it touches it.
final class Transfer {
    let easy: UnsafeMutableRawPointer
    let exchange: Exchange
    let url: OutboundURL
    let policy: OutboundPolicy
    let egress: Egress
    /// The whole time that the caller was given, for the error.
    let limit: Duration
    let feed: BodyFeed?
    private var headers: UnsafeMutablePointer<curl_slist>?
    private var knownAddresses: UnsafeMutablePointer<curl_slist>?

    var head = Exchange.Head()
    var headSize = 0
    var bodySize = 0
    /// Whether the request may be on its way: the connection stands.
    var hasBegun = false
    /// Set by callbacks, which can tell libcurl only that they failed.
    var reason: OutboundError.Reason?
    /// The last address that was refused; another of the host's may have been taken.
    var refusal: OutboundRefusal?

    init?(
        _ exchange: Exchange, _ request: OutboundRequest, _ feed: BodyFeed?, _ policy: OutboundPolicy,
        limit: Duration, _ configuration: CurlHTTPClient.Configuration
    ) {
        guard let easy = curl_easy_init() else { return nil }
        self.easy = easy
        self.exchange = exchange
        self.feed = feed
        self.policy = policy
        self.limit = limit
        url = request.url
        egress = configuration.egress
        connect(configuration, isFresh: !request.isRepeatable)
        bound()
        ask(request, userAgent: configuration.userAgent)
    }

    deinit {
        curl_easy_cleanup(easy)
        curl_slist_free_all(headers)
        curl_slist_free_all(knownAddresses)
    }

    /// The transfer that libcurl calls `easy`.
    static func of(_ easy: UnsafeMutableRawPointer) -> Transfer? {
        var context: UnsafeMutableRawPointer?
        guard atelier_curl_private(easy, &context) == CURLE_OK, let context else { return nil }
        return of(context: context)
    }

    /// The transfer behind a callback's context: alive, since its thread keeps it until the handle is removed.
    static func of(context: UnsafeMutableRawPointer) -> Transfer {
        Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    }

    /// Ends the exchange; the handle is out of libcurl's set by now.
    func finish(_ error: (any Error)?) {
        feed?.finish()
        exchange.finish(error)
    }

    private func connect(_ configuration: CurlHTTPClient.Configuration, isFresh: Bool) {
        set(CURLOPT_URL, url.description)
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_FOLLOWLOCATION, 0)
        set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
        set(CURLOPT_FRESH_CONNECT, isFresh ? 1 : 0)
        // Set in any case: libcurl would otherwise look for a proxy in the environment.
        set(CURLOPT_PROXY, configuration.egress.proxy ?? "")
        set(CURLOPT_NOPROXY, configuration.egress.proxy == nil ? "*" : "")
        if let file = configuration.authorityFile { set(CURLOPT_CAINFO, file) }
        for line in configuration.knownAddresses { knownAddresses = curl_slist_append(knownAddresses, line) }
        _ = atelier_curl_list(easy, CURLOPT_RESOLVE, knownAddresses)
        let context = Unmanaged.passUnretained(self).toOpaque()
        atelier_curl_callbacks(easy, context, onHead, onBody, onOpen, onBegin)
    }

    private func bound() {
        set(CURLOPT_CONNECTTIMEOUT_MS, min(policy.connectTimeout, policy.timeout).milliseconds)
        set(CURLOPT_TIMEOUT_MS, policy.timeout.milliseconds)
        if let speed = policy.lowestSpeed {
            set(CURLOPT_LOW_SPEED_LIMIT, speed)
            set(CURLOPT_LOW_SPEED_TIME, max(1, Int(policy.slowWindow.seconds)))
        }
        // What the head announces; what really comes is counted in `receive`.
        _ = atelier_curl_offset(easy, CURLOPT_MAXFILESIZE_LARGE, curl_off_t(policy.maximumBodySize))
        if policy.decompresses { set(CURLOPT_ACCEPT_ENCODING, "gzip, deflate") }
    }

    private func ask(_ request: OutboundRequest, userAgent: String) {
        if let feed {
            atelier_curl_upload(easy, Unmanaged.passUnretained(self).toOpaque(), onRead, onSeek)
            _ = atelier_curl_offset(easy, CURLOPT_INFILESIZE_LARGE, curl_off_t(feed.length ?? -1))
        }
        if request.method == "HEAD" { set(CURLOPT_NOBODY, 1) } else { set(CURLOPT_CUSTOMREQUEST, request.method) }
        if request.headers["user-agent"] == nil { set(CURLOPT_USERAGENT, userAgent) }
        // An empty value is written `Name;`: `Name:` would take a field away.
        var lines = request.headers.fields.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
        // Without it libcurl waits a second for a permission that many servers never give.
        lines.append("Expect:")
        if feed == nil, request.method == "POST" || request.method == "PUT" || request.method == "PATCH" {
            lines.append("Content-Length: 0")
        }
        for line in lines { headers = curl_slist_append(headers, line) }
        _ = atelier_curl_list(easy, CURLOPT_HTTPHEADER, headers)
    }

    private func set(_ option: CURLoption, _ value: Int) { _ = atelier_curl_long(easy, option, value) }
    private func set(_ option: CURLoption, _ value: String) { _ = atelier_curl_text(easy, option, value) }
}

extension Duration {
    /// Whole milliseconds, at least one, since zero means no limit to libcurl.
    fileprivate var milliseconds: Int { max(1, Int(seconds * 1000)) }
}
